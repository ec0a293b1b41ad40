import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createConsumer } from '../../../consumers/consumer.ts'
import { createLocalStore } from '../../../consumers/hdfs/local/store.ts'
import { createHdfsSink } from '../../../consumers/hdfs/sink.ts'
import { openEmbeddedLog } from '../../../topic/embedded/log.ts'
import { encodeRecord } from '../../../topic/record.ts'
import { runClicktrail } from '../../support/clicktrail.ts'
import { localRows } from '../../support/landed-rows.ts'
import { eventRecord } from '../../support/log-records.ts'
import { until } from '../../support/until.ts'

const records = 12
const logger = pino({ level: 'silent' })
let data: string
let events: string

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'clicktrail-tools-'))
  events = join(data, 'events')
  const log = openLog()
  const values = Array.from({ length: records }, (_, n) => ({ value: encodeRecord(eventRecord({ sequence: n + 1 })) }))
  await log.writer().append(0, values)
  await log.close()
  await consume(5)
})
afterEach(() => rmSync(data, { recursive: true, force: true }))

const openLog = () => openEmbeddedLog({ dir: join(data, 'topic'), topic: 'clicktrail' })
const clicktrail = (...args: string[]) => runClicktrail({ args, env: { CLICKTRAIL_DATA_DIR: data } })

/** Runs the writer of `clicktrail start` until the log is landed: files of so many records. */
async function consume(maxRecords: number): Promise<void> {
  const log = openLog()
  const sink = createHdfsSink({
    store: createLocalStore({ dir: events }),
    topic: log.topic,
    logger,
    maxRecords,
    maxAgeMs: 100,
  })
  const reader = log.reader(`${log.topic}-hdfs`)
  const consumer = createConsumer({ reader, sink, deadLetters: log.writer(), logger })
  await consumer.start()
  await until(() => consumer.status().some(one => one.next === records), { what: 'the end of the log' })
  await consumer.close()
  await log.close()
}

const files = () =>
  readdirSync(events, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.gz'))
    .sort()
const offsets = () =>
  localRows(events)
    .map(row => row.kafka.offset)
    .sort((a, b) => a - b)
const everyOffset = Array.from({ length: records }, (_, n) => n)

test('check prints a line for each partition and ends with 0 where nothing is damaged', async () => {
  const { code, output } = await clicktrail('hdfs', 'check')
  expect(output).toMatch(
    /partition +files +rows +from +to +skipped +copies +gaps +problems\n +0 +3 +12 +0 +11 +0 +0 +0 +0\n/,
  )
  expect(output).toContain('Nothing is damaged: 3 files, 12 rows in local folder')
  expect(code).toBe(0)
})

test('check names file and line, says what to do, and ends with 1', async () => {
  writeFileSync(join(events, 'notes.txt'), 'x')
  writeFileSync(join(events, files()[1] ?? ''), 'damaged')
  const { code, output } = await clicktrail('hdfs', 'check')
  expect(output).toContain('damage   notes.txt')
  expect(output).toContain(`damage   ${files()[1]}`)
  expect(output).toContain('→ "clicktrail reload --sink hdfs --partition 0 --from 5"')
  expect(code).toBe(1)
  const json = await clicktrail('hdfs', 'check', '--json')
  expect(JSON.parse(json.output)).toMatchObject({ damaged: true, chains: [{ files: 3 }], problems: [{}, {}] })
  expect(json.code).toBe(1)
})

test.each([
  { args: ['--data-dir', '/nowhere/at/all'], says: /nothing at local folder .*CLICKTRAIL_DATA_DIR/ },
  { args: ['--data-dir', '/dev/null'], says: /clicktrail: / },
])('check says that the table of $args can not be read, and not that it is well', async ({ args, says }) => {
  const { code, output } = await clicktrail('hdfs', 'check', ...args)
  expect(output).toMatch(says)
  expect(output).not.toContain('Nothing is damaged')
  expect(code).toBe(1)
})

test.each([
  ['hdfs', 'check', '--no-such'],
  ['hdfs', 'retain'],
  ['hdfs', 'retain', '--days', '0'],
  ['reload', '--sink', 'hdfs'],
  ['reload', '--sink', 'elasticsearch', '--partition', '0'],
  ['reload', '--sink', 'elasticsearch', '--from', '0', '--since', '2026-11-21'],
  ['reload', '--sink', 'elasticsearch', '--since', '2026-11-21T10:00'],
  ['reload', '--sink', 'hdfs', '--partition', '0', '--from', '0', '--since', '2026-11-21'],
])('%s %s %s %s is wrong usage: 2', async (...args) => {
  expect((await clicktrail(...args)).code).toBe(2)
})

test('reload prints its plan, and changes nothing without --yes', async () => {
  const { code, output } = await clicktrail('reload', '--sink', 'hdfs', '--partition', '0', '--from', '7')
  expect(output).toMatch(
    /to be moved:\n.*0010\.json\.gz.*\n.*0005\.json\.gz.*\nThe writer then goes on at offset 5, after .*0000\.json\.gz/,
  )
  expect(output).toContain('Nothing was moved')
  expect(code).toBe(0)
  expect(offsets()).toEqual(everyOffset)
})

test.each([5, 0])('reload from %i, and the writer lands each offset once again', async from => {
  const broken = files().find(path => path.includes(`${String(from).padStart(20, '0')}.`)) ?? ''
  writeFileSync(join(events, broken), 'damaged')
  expect((await clicktrail('hdfs', 'check')).code).toBe(1)
  const { code, output } = await clicktrail(
    'reload',
    '--sink',
    'hdfs',
    '--partition',
    '0',
    '--from',
    String(from),
    '--yes',
  )
  expect(output).toContain(`it goes on at offset ${from}`)
  expect(code).toBe(0)
  const [name = ''] = readdirSync(join(data, '_replaced', 'events'))
  expect(readFileSync(join(data, '_replaced', 'events', name, broken), 'utf8')).toBe('damaged')
  await consume(4)
  expect((await clicktrail('hdfs', 'check')).output).toContain(', 12 rows in')
  expect(offsets()).toEqual(everyOffset)
})

test('reload refuses while a process has the data folder', async () => {
  const log = openLog()
  const { code, output } = await clicktrail('reload', '--sink', 'hdfs', '--partition', '0', '--from', '0', '--yes')
  await log.close()
  expect(output).toContain(`in use by process ${process.pid}`)
  expect(code).toBe(1)
  expect(files()).toHaveLength(3)
})

test('reload makes no topic where there is none', async () => {
  const { code, output } = await clicktrail(
    'reload',
    '--sink',
    'hdfs',
    '--partition',
    '0',
    '--from',
    '0',
    '--topic',
    'other',
  )
  expect(output).toContain('where no topic other lies')
  expect(code).toBe(2)
  expect(readdirSync(join(data, 'topic'))).toEqual(['clicktrail'])
})

test('reload makes no group of a writer that never ran: retention would wait for it', async () => {
  const { code, output } = await clicktrail('reload', '--sink', 'elasticsearch', '--from', '0')
  expect(output).toContain('no such writer has ever read the topic clicktrail')
  expect(code).toBe(2)
  const log = openLog()
  expect(log.groups()).toEqual(['clicktrail-hdfs'])
  await log.close()
})

test('retain drops old days, and with --dry-run none', async () => {
  const old = ['2020-01-01', '2020-01-02'].map(day => `dt=${day}/hr=00`)
  for (const folder of old) mkdirSync(join(events, folder), { recursive: true })
  writeFileSync(join(events, old[0] ?? '', 'events-p00-00000000000000000000.json'), '{}\n')
  writeFileSync(join(events, old[1] ?? '', 'notes.txt'), 'x')
  const days = () => readdirSync(events).filter(name => name < 'dt=2021')
  const dry = await clicktrail('hdfs', 'retain', '--days', '90', '--dry-run')
  expect(dry.output).toContain('would go dt=2020-01-01: 1 hour, 1 file, 3 bytes')
  expect(dry.output).toContain('kept     dt=2020-01-02: it holds what is not ours: dt=2020-01-02/hr=00/notes.txt')
  expect(days()).toEqual(['dt=2020-01-01', 'dt=2020-01-02'])
  const { code, output } = await clicktrail('hdfs', 'retain', '--days', '90')
  expect(output).toContain('1 day dropped: 1 hour, 1 file, 3 bytes')
  expect(code).toBe(0)
  expect(days()).toEqual(['dt=2020-01-02'])
  expect(offsets()).toEqual(everyOffset)
})
