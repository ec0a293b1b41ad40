import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ConfigError, loadConfig } from '../../../cli/config/config.ts'
import { runAudit } from '../../../cli/run-audit.ts'
import { createConsumer } from '../../../consumers/consumer.ts'
import { createLocalStore } from '../../../consumers/hdfs/local/store.ts'
import { createHdfsSink } from '../../../consumers/hdfs/sink.ts'
import { openEmbeddedLog } from '../../../topic/embedded/log.ts'
import { encodeRecord } from '../../../topic/record.ts'
import { runClicktrail } from '../../support/clicktrail.ts'
import { eventRecord } from '../../support/log-records.ts'
import { until } from '../../support/until.ts'

const records = 12
const logger = pino({ level: 'silent' })
const data = mkdtempSync(join(tmpdir(), 'clicktrail-audit-'))
const events = join(data, 'events')
const clicktrail = (...args: string[]) =>
  runClicktrail({ args: ['audit', ...args], env: { CLICKTRAIL_DATA_DIR: data } })

beforeAll(async () => {
  const log = openEmbeddedLog({ dir: join(data, 'topic'), topic: 'clicktrail' })
  const values = Array.from({ length: records }, (_, n) => ({ value: encodeRecord(eventRecord({ sequence: n + 1 })) }))
  await log.writer().append(0, values)
  const store = createLocalStore({ dir: events })
  const sink = createHdfsSink({ store, topic: log.topic, logger, maxRecords: 5, maxAgeMs: 100 })
  const reader = log.reader(`${log.topic}-hdfs`)
  const consumer = createConsumer({ reader, sink, deadLetters: log.writer(), logger })
  await consumer.start()
  await until(() => consumer.status().some(one => one.next === records), { what: 'the end of the log' })
  await consumer.close()
  await log.close()
})
afterAll(() => rmSync(data, { recursive: true, force: true }))

test('ends with 0 where everything has landed in the data folder, and with 1 and the events where a file is damaged', async () => {
  const clean = await clicktrail()
  expect(clean.output).toMatch(/partition +storage +from +to +stored .*\n +0 +hdfs +0 +12 +12 +0 +0 +0 +0\n/)
  expect(clean.output).toContain('Nothing is missing: 12 offsets of clicktrail')
  expect(clean.code).toBe(0)
  const [, second = ''] = readdirSync(events, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.gz'))
    .sort()
  writeFileSync(join(events, second), 'damaged')
  const { code, output } = await clicktrail()
  for (let offset = 5; offset < 10; offset++) {
    const { id } = eventRecord({ sequence: offset + 1 }).event
    expect(output).toContain(`missing in hdfs: clicktrail/0 offset ${offset} event ${id}\n`)
  }
  expect(output).toContain('→ stop the writer, "clicktrail reload --sink hdfs --partition 0 --from 5", start it again')
  expect(output).toContain('5 mismatches: 12 offsets of clicktrail')
  expect(code).toBe(1)
}, 60_000)

test.each([
  { flags: { fromOffset: 3 }, dataDir: data, says: '--from-offset and --to-offset need --partition' },
  { flags: { partition: 99 }, dataDir: data, says: '--partition: there is no partition 99: clicktrail has 2' },
  { flags: {}, dataDir: '/nowhere/at/all', says: 'nothing to audit: set HDFS_URL or ELASTICSEARCH_URL' },
])('$flags in $dataDir is wrong usage', async ({ flags, dataDir, says }) => {
  const config = loadConfig({ command: 'audit', env: { CLICKTRAIL_DATA_DIR: dataDir }, flags: {} })
  await expect(runAudit(config, flags)).rejects.toThrow(ConfigError)
  await expect(runAudit(config, flags)).rejects.toThrow(says)
})
