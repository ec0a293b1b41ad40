import type { Logger } from 'pino'
import { backoffMs, wait } from '../backoff.ts'
import { folderOf, parsePath } from './path.ts'
import { type CommandResult, runCommand } from './run-command.ts'

export interface HivePartitionsOptions {
  /** A program and its arguments; the statement becomes the last one. */
  command: readonly string[]
  /** Name of the table, with its database or without. */
  table: string
  logger: Logger
  /** What a run may take before it is killed. @default 120_000 */
  timeoutMs?: number
  /** For tests: how to run it. @default runCommand */
  run?: typeof runCommand
  /** For tests: how to wait. @default wait */
  wait?: typeof wait
}

export interface HivePartitions {
  /** A file lies at this path of the table. Returns at once and never throws; paths that are not the writer's are passed over. */
  announce(path: string): void
  /** Ends a run that is under way, and forgets what is not yet done: the next start announces the newest hour again. */
  close(): Promise<void>
}

/** Hours in one statement: after an outage of Hive there may be many. */
const maxHours = 24
const maxKnown = 1_000
const retryMs = { baseMs: 2_000, maxMs: 60_000 }

/** `ALTER TABLE events ADD IF NOT EXISTS PARTITION (dt='2026-11-21', hr='02')`. Takes only what the writer itself names a folder. */
export function addPartitions(table: string, hoursMs: readonly number[]): string {
  const partitions = hoursMs.map(hourMs => {
    const [, dt, hr] = /^dt=(.+)\/hr=(.+)$/.exec(folderOf(hourMs)) ?? []
    return `PARTITION (dt='${dt}', hr='${hr}')`
  })
  return `ALTER TABLE ${table} ADD IF NOT EXISTS ${partitions.join(' ')}`
}

/**
 * Tells Hive of each hour once, by the operator's command, from the moment that it has a file. One run at a time, beside
 * the writer, which never waits for it; what fails is logged and tried again, at least once a minute, until it works.
 */
export function createHivePartitions(options: HivePartitionsOptions): HivePartitions {
  const { command, table, logger, timeoutMs = 120_000, run = runCommand } = options
  const done = new Set<number>()
  const waiting = new Set<number>()
  const closing = new AbortController()
  let working = false
  let work = Promise.resolve()

  function remember(hoursMs: readonly number[]): void {
    for (const hourMs of hoursMs) {
      waiting.delete(hourMs)
      done.add(hourMs)
    }
    for (const oldest of done) {
      if (done.size <= maxKnown) break
      done.delete(oldest)
    }
  }

  function report({ ok, reason, output }: CommandResult, hours: string[], attempt: number): void {
    if (ok) logger.info({ table, hours }, 'hours added to the Hive table')
    else
      logger.warn(
        { table, hours, attempt, program: command[0], reason, output },
        'hours not added to the Hive table, trying again: MSCK REPAIR TABLE does the same',
      )
  }

  async function addAll(): Promise<void> {
    working = true
    for (let attempt = 0; waiting.size > 0 && !closing.signal.aborted; ) {
      const hoursMs = [...waiting].slice(0, maxHours)
      const result = await run([...command, addPartitions(table, hoursMs)], { timeoutMs, signal: closing.signal })
      if (closing.signal.aborted) break
      report(result, hoursMs.map(folderOf), attempt)
      if (result.ok) {
        remember(hoursMs)
        attempt = 0
      } else await (options.wait ?? wait)(backoffMs(attempt++, retryMs), closing.signal)
    }
    working = false
  }

  return {
    announce(path) {
      const hourMs = parsePath(path)?.hourMs
      if (hourMs === undefined || closing.signal.aborted || done.has(hourMs)) return
      waiting.add(hourMs)
      if (!working) work = addAll()
    },
    async close() {
      closing.abort()
      await work
    },
  }
}
