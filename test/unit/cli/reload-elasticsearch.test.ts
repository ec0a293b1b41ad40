import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createConsumer } from '../../../consumers/consumer.ts'
import { elasticsearchClient } from '../../../consumers/elasticsearch/client.ts'
import { createElasticsearchSink } from '../../../consumers/elasticsearch/sink.ts'
import { openEmbeddedLog } from '../../../topic/embedded/log.ts'
import { embeddedStoppedGroup } from '../../../topic/embedded/stopped-group.ts'
import { encodeRecord } from '../../../topic/record.ts'
import { runClicktrail } from '../../support/clicktrail.ts'
import { type FakeElasticsearch, startFakeElasticsearch } from '../../support/fake-elasticsearch.ts'
import { eventRecord } from '../../support/log-records.ts'
import { until } from '../../support/until.ts'

// Each test starts the command, which takes seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const records = 12
const logger = pino({ level: 'silent' })
let data: string
let fake: FakeElasticsearch

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'clicktrail-reload-'))
  fake = await startFakeElasticsearch()
  const log = openLog()
  const values = Array.from({ length: records }, (_, n) => ({ value: encodeRecord(eventRecord({ sequence: n + 1 })) }))
  await log.writer().append(0, values)
  await log.close()
  await consume()
})
afterEach(async () => {
  await fake.close()
  rmSync(data, { recursive: true, force: true })
})

const openLog = () => openEmbeddedLog({ dir: join(data, 'topic'), topic: 'clicktrail' })
const reload = (...args: string[]) =>
  runClicktrail({ args: ['reload', '--sink', 'elasticsearch', ...args], env: { CLICKTRAIL_DATA_DIR: data } })

/** Runs the writer until all is committed that it read. */
async function consume() {
  const log = openLog()
  const client = elasticsearchClient({ urls: [fake.url] })
  const sink = createElasticsearchSink({ client, topic: log.topic, logger, maxAgeMs: 20 })
  const reader = log.reader(`${log.topic}-elasticsearch`)
  const consumer = createConsumer({ reader, sink, deadLetters: log.writer(), logger })
  await consumer.start()
  const isCommitted = () => consumer.status().some(({ committed }) => committed === records)
  await until(isCommitted, { what: 'the end of the log' })
  const counts = sink.counts()
  await consumer.close()
  await log.close()
  return counts
}

const offsets = () =>
  [...fake.documents.values()]
    .map(({ _source }) => JSON.stringify(_source['kafka']))
    .sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
const everyOffset = Array.from({ length: records }, (_, offset) =>
  JSON.stringify({ topic: 'clicktrail', partition: 0, offset }),
)

test('lets the writer create again what was deleted by hand, and leaves the rest as it is', async () => {
  const before = [...fake.documents.keys()]
  for (const at of [2, 7, 11]) fake.documents.delete(before[at] ?? '')
  const { code, output } = await reload('--from', '5', '--yes')
  expect(output).toContain('partition 0: clicktrail-elasticsearch goes back to offset 5, 7 records are read again')
  expect(output).toContain('partition 1 stays as it is: the writer has not begun')
  expect(code).toBe(0)
  expect(await consume()).toEqual({ landed: 2, redelivered: 5, copies: 0, gapOffsets: 0 })
  expect(offsets()).toEqual(everyOffset.toSpliced(2, 1))
  expect(await reload('--since', '2020-01-01', '--partition', '0', '--yes')).toMatchObject({
    code: 0,
    output: expect.stringContaining('goes back to offset 0, 12'),
  })
  expect(await consume()).toMatchObject({ landed: 1, redelivered: 11 })
  expect(offsets()).toEqual(everyOffset)
})

test.each([
  ['without --yes', ['--from', '0'], ['goes back to offset 0, 12 records are read again', 'Nothing was changed']],
  ['with --dry-run', ['--from', '0', '--yes', '--dry-run'], ['Nothing was changed']],
  ['where it would go forward', ['--from', '12', '--yes'], ['the writer has only got to offset 12', 'Nothing to do.']],
])('prints its plan and changes nothing %s', async (_, args, says) => {
  const { code, output } = await reload(...args)
  for (const words of says) expect(output).toContain(words)
  expect(code).toBe(0)
  const log = openLog()
  const group = embeddedStoppedGroup(log, 'clicktrail-elasticsearch')
  expect((await group.positions()).get(0)?.committed).toMatchObject({ next: records })
  await group.close()
})

test.each([
  ['a partition that the topic does not have', ['--from', '0', '--partition', '2'], 'clicktrail has 2'],
  ['a topic that is not there', ['--from', '0', '--topic', 'other'], 'where no topic other lies'],
  ['a flag that only the other sink has', ['--from', '0', '--since', '2026-11-21'], 'one of them'],
])('%s is wrong usage: 2', async (_, args, says) => {
  const { code, output } = await reload(...args)
  expect(output).toContain(says)
  expect(code).toBe(2)
})

test('refuses while a process has the data folder', async () => {
  const log = openLog()
  const { code, output } = await reload('--from', '0', '--yes')
  await log.close()
  expect(output).toContain(`in use by process ${process.pid}`)
  expect(code).toBe(1)
})
