import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest'
import { announcingStore } from '../../../../consumers/hdfs/announcing-store.ts'
import { addPartitions, createHivePartitions } from '../../../../consumers/hdfs/hive-partitions.ts'
import { pathOf } from '../../../../consumers/hdfs/path.ts'
import { type CommandResult, runCommand } from '../../../../consumers/hdfs/run-command.ts'
import { createHdfsSink } from '../../../../consumers/hdfs/sink.ts'
import { logRecords } from '../../../support/log-records.ts'
import { createMemoryStorage } from '../../../support/memory-landing-store.ts'
import { until } from '../../../support/until.ts'

const twoMs = Date.UTC(2026, 10, 21, 2)
const hourMs = 3_600_000
const fileOf = (hour: number, start = 0) =>
  pathOf({ hourMs: twoMs + hour * hourMs, generation: 1, partition: 0, start, format: 'json.gz' })
const logger = pino({ level: 'silent' })
const fine: CommandResult = { ok: true, reason: '', output: '' }
const away: CommandResult = { ok: false, reason: 'exit code 1', output: 'no Hive' }

function partitionsWith(run: typeof runCommand) {
  const waits: number[] = []
  const wait = async (ms: number) => {
    waits.push(ms)
  }
  return {
    waits,
    partitions: createHivePartitions({ command: ['hive', '-e'], table: 'web.events', logger, run, wait }),
  }
}

test('the statement names the folders of the writer', () => {
  expect(addPartitions('events', [twoMs, twoMs + hourMs])).toBe(
    "ALTER TABLE events ADD IF NOT EXISTS PARTITION (dt='2026-11-21', hr='02') PARTITION (dt='2026-11-21', hr='03')",
  )
})

describe('the Hive partitions', () => {
  it('are added once an hour, the statement as the last argument', async () => {
    const run = vi.fn<typeof runCommand>(async () => fine)
    const { partitions } = partitionsWith(run)
    for (const path of [fileOf(0), fileOf(0, 9)]) partitions.announce(path)
    await until(() => run.mock.calls.length === 1, { what: 'the first run' })
    await new Promise(resolve => setImmediate(resolve))
    partitions.announce(fileOf(0, 17))
    partitions.announce(fileOf(1))
    await until(() => run.mock.calls.length === 2, { what: 'the second run' })
    await partitions.close()
    expect(run.mock.calls.map(call => call.at(0))).toEqual([
      ['hive', '-e', addPartitions('web.events', [twoMs])],
      ['hive', '-e', addPartitions('web.events', [twoMs + hourMs])],
    ])
  })

  it('are tried again after a failure, with what came meanwhile in the same statement', async () => {
    const answers = [away, away, fine]
    const run = vi.fn<typeof runCommand>(async () => {
      partitions.announce(fileOf(1))
      return answers.shift() ?? fine
    })
    const { partitions, waits } = partitionsWith(run)
    partitions.announce(fileOf(0))
    await until(() => answers.length === 0, { what: 'three runs' })
    await partitions.close()
    expect(run.mock.lastCall?.[0].at(-1)).toBe(addPartitions('web.events', [twoMs, twoMs + hourMs]))
    expect(waits).toHaveLength(2)
    expect(Math.max(...waits)).toBeLessThanOrEqual(60_000)
  })

  test.each(['dt=2026-11-21/hr=02/_gap-p00-0-5.json', "dt=2026-11-21'); DROP TABLE x;--/hr=02/events-p00-1.json", ''])(
    'are not asked for by %j',
    async path => {
      const run = vi.fn<typeof runCommand>(async () => fine)
      const { partitions } = partitionsWith(run)
      partitions.announce(path)
      await partitions.close()
      expect(run).not.toHaveBeenCalled()
    },
  )
})

describe('a command', () => {
  let dir: string
  const { signal } = new AbortController()
  const node = (code: string, ...args: string[]) => [process.execPath, '-e', code, ...args]
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'clicktrail-command-'))
  })
  afterEach(() => rm(dir, { recursive: true, force: true }))

  it('gets its arguments as they are, from no shell', async () => {
    const odd = `$(touch ${dir}/made); '"\`x\` | y`
    const { ok, output } = await runCommand(node('console.log(process.argv[1])', odd), { timeoutMs: 10_000, signal })
    expect({ ok, output }).toEqual({ ok: true, output: odd })
    expect(existsSync(join(dir, 'made'))).toBe(false)
  })

  it('that fails says how, with the end of what it printed', async () => {
    const result = await runCommand(node("console.error('x'.repeat(5000) + 'END'); process.exitCode = 3"), {
      timeoutMs: 10_000,
      signal,
    })
    expect(result).toMatchObject({ ok: false, reason: 'exit code 3', output: expect.stringMatching(/^x{1990,}END$/) })
  })

  it('that is not there says so', async () => {
    const result = await runCommand([join(dir, 'nothing')], { timeoutMs: 10_000, signal })
    expect(result).toMatchObject({ ok: false, reason: expect.stringContaining('ENOENT') })
  })

  it('that hangs is killed at its limit, with what it started', async () => {
    const script = join(dir, 'hang.sh')
    await writeFile(script, `sleep 300 &\necho $! > ${dir}/pid\nwait\n`)
    const running = runCommand(['sh', script], { timeoutMs: 500, signal })
    expect(await running).toMatchObject({ ok: false, reason: 'not done after 500 ms' })
    const pid = Number(readFileSync(join(dir, 'pid'), 'utf8'))
    await until(() => !isAlive(pid), { what: 'the end of what the script started' })
  })

  it('is killed when its owner stops', async () => {
    const stopping = new AbortController()
    const running = runCommand(['sleep', '300'], { timeoutMs: 60_000, signal: stopping.signal })
    stopping.abort()
    expect(await running).toMatchObject({ ok: false, reason: 'stopped' })
  })
})

/** A zombie that nobody has reaped yet has ended, too. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

it('the writer announces each file that it lands, and at its start the newest that is there', async () => {
  const store = createMemoryStorage().store()
  const announced: string[] = []
  const open = () =>
    createHdfsSink({ store: announcingStore(store, path => announced.push(path)), topic: 't', logger, maxRecords: 5 })
  const log = logRecords(0, 0, 10)
  const { signal } = new AbortController()
  const assignment = { low: 0, high: 10, committed: undefined }

  const sink = open()
  await sink.start(0, assignment, signal)
  sink.add(0, log, 0)
  await sink.flush(0, signal)
  await sink.flush(0, signal)
  const day = 'dt=2026-11-21/hr=00/events-p00-'
  expect(announced).toEqual([`${day}00000000000000000000.json.gz`, `${day}00000000000000000005.json.gz`])

  announced.length = 0
  await open().start(0, assignment, signal)
  expect(new Set(announced)).toEqual(new Set([`${day}00000000000000000005.json.gz`]))
})
