import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createConsumer } from '../../../consumers/consumer.ts'
import { createLocalStore } from '../../../consumers/hdfs/local/store.ts'
import { createHdfsSink } from '../../../consumers/hdfs/sink.ts'
import { openEmbeddedLog } from '../../../topic/embedded/log.ts'
import { runClicktrail } from '../../support/clicktrail.ts'
import { goodValue } from '../../support/dead-letters.ts'
import { localRows } from '../../support/landed-rows.ts'
import { until } from '../../support/until.ts'

// Each command is a process of its own.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 30_000 })

const logger = pino({ level: 'silent' })
const clearScreen = '\u001b[2J'
const broken = Buffer.from(goodValue(2)).toString().replace('"color":"red"', `"color":"red${clearScreen}",`)
let data: string

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'clicktrail-dlq-'))
  const log = openLog('clicktrail')
  await log.writer().append(0, [{ value: goodValue(1) }, { value: Buffer.from(broken), headers: { trace: 'abc' } }])
  await log.close()
  await land(1, 1)
})
afterEach(() => rmSync(data, { recursive: true, force: true }))

const openLog = (topic: string) => openEmbeddedLog({ dir: join(data, 'topic'), topic })
const clicktrail = (...args: string[]) => runClicktrail({ args, env: { CLICKTRAIL_DATA_DIR: data } })
const sequences = () => localRows(join(data, 'events')).map(row => row.event.sequence)

/** Runs the writer of `clicktrail start` until so many rows are there, and it has refused so many records. */
async function land(rows: number, rejected: number): Promise<void> {
  const log = openLog('clicktrail')
  const deadLetters = openLog('clicktrail-dlq')
  const store = createLocalStore({ dir: join(data, 'events') })
  const sink = createHdfsSink({ store, topic: log.topic, logger, maxAgeMs: 50 })
  const reader = log.reader('clicktrail-hdfs')
  const consumer = createConsumer({ reader, sink, deadLetters: deadLetters.writer(), logger })
  await consumer.start()
  const refused = () => consumer.status().reduce((sum, one) => sum + one.rejected, 0)
  await until(() => refused() === rejected && sequences().length === rows, { what: 'rows', timeoutMs: 30_000 })
  await consumer.close()
  await log.close()
  await deadLetters.close()
}

/** Standard output alone, byte for byte. */
function bytesOf(...args: string[]): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env['PATH'], CLICKTRAIL_DATA_DIR: data }
    const options = { env, encoding: 'buffer' } as const
    execFile(process.execPath, ['dist/clicktrail.js', ...args], options, (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    )
  })
}

test('a dead letter is found, understood, repaired and replayed, and its record lands', async () => {
  const list = await clicktrail('dlq', 'list')
  expect(list.output).toMatch(/hdfs +undecodable +0 +1 +1 .* 1:0\n/)
  expect(list.output).toContain('Look at one: clicktrail dlq show 1:0')

  const show = await clicktrail('dlq', 'show', '1:0')
  expect(show.output).toContain('clicktrail, partition 0, offset 1')
  expect(show.output).toContain('header    trace: abc')
  expect(show.output).toContain('clicktrail dlq show 1:0 --value > letter.json')
  expect(show.output).toContain('it is no JSON from here on')
  expect(show.output).not.toContain(clearScreen)

  const file = join(data, 'letter.json')
  writeFileSync(file, await bytesOf('dlq', 'show', '1:0', '--value'))
  expect(readFileSync(file, 'utf8')).toBe(broken)
  const again = await clicktrail('dlq', 'replay', '1:0', '--value', file)
  expect(again.output).toContain('which would be refused again: undecodable')
  expect(again.code).toBe(2)

  const repaired = JSON.stringify(JSON.parse(broken.replace(`red${clearScreen}",`, 'red"')), null, 2)
  writeFileSync(file, repaired)
  const replay = await clicktrail('dlq', 'replay', '1:0', '--value', file)
  expect(replay.output).toContain('1  undecodable  to the topic, for every writer (1:0)')
  expect(replay.code).toBe(0)
  await land(2, 0)
  expect(sequences().sort()).toEqual([1, 2])
  expect((await clicktrail('dlq', 'list')).output).toContain('0 waiting on clicktrail-dlq')
  expect((await clicktrail('dlq', 'replay')).code).toBe(0)
})

test.each([['--dry-run'], ['--rate', '5'], ['1:0']])(
  'a letter that nobody repairs is not sent and waits (%s)',
  async (...args) => {
    const { code, output } = await clicktrail('dlq', 'replay', ...args)
    expect(output).toMatch(/1 {2}undecodable {2}not sent: would be refused again: undecodable: .*; repair it: /)
    expect(output).toContain('clicktrail dlq show 1:0 --value > letter.json (1:0)')
    expect(output).not.toContain(clearScreen)
    expect(code).toBe(1)
    expect((await clicktrail('dlq', 'list')).output).toContain('1 waiting on clicktrail-dlq')
    expect(sequences()).toEqual([1])
  },
)

test('filters leave out, a dry run changes nothing, --json is for machines', async () => {
  expect((await clicktrail('dlq', 'replay', '--dry-run')).output).toContain(
    '1 letters would be handled; nothing was sent',
  )
  expect((await clicktrail('dlq', 'replay', '--reason', 'mapping', '--partition', '2')).output).toBe(
    'None of 1 letters that wait fits --reason mapping --partition 2; nothing was sent\n',
  )
  expect((await clicktrail('dlq', 'replay', '--until', '2026-11-21')).output).toContain(
    'fits --until 2026-11-21T00:00:00.000Z; nothing was sent',
  )
  expect((await clicktrail('dlq', 'list', '--sink', 'elasticsearch')).output).toBe(
    'None of 1 letters on clicktrail-dlq fits --sink elasticsearch.\n',
  )
  const { rows } = JSON.parse((await clicktrail('dlq', 'list', '--since', '1h', '--json')).output)
  expect(rows).toMatchObject([{ sink: 'hdfs', reason: 'undecodable', letters: 1, waiting: 1 }])
})

test('says what lies where nothing was found, and what is wrong with the words of a command', async () => {
  expect((await clicktrail('dlq', 'show', '0:7')).output).toContain('It holds: none in partition 0, 1:0 to 1:0')
  const wrong = await clicktrail('dlq', 'show', 'x')
  expect(wrong.output).toContain('such as 1:17')
  expect(wrong.code).toBe(2)
  expect((await clicktrail('dlq', 'replay', '--value', 'file')).output).toContain('--value is for one letter')
})

test.each([
  ['list', '--sink', 'foo', 'hdfs, elasticsearch'],
  ['replay', '--reason', 'nonsense', 'undecodable, invalid, too_large, mapping, conflict, unknown'],
])('dlq %s %s %s is refused, and what there is named', async (name, flag, value, choices) => {
  const { code, output } = await clicktrail('dlq', name, flag, value)
  expect(output).toContain(`It must be one of ${choices}.`)
  expect(code).toBe(2)
})

test('says that the process that has the topic open is to be stopped first', async () => {
  const log = openLog('clicktrail')
  const { code, output } = await clicktrail('dlq', 'list')
  expect(output).toContain(`in use by process ${process.pid}`)
  expect(output).toContain('stop that process')
  expect(code).toBe(1)
  await log.close()
})

test('says where dead letters are looked for when there are none', async () => {
  const { code, output } = await clicktrail('dlq', 'list', '--topic', 'other')
  expect(output).toContain('where no topic other-dlq lies')
  expect(code).toBe(2)
})
