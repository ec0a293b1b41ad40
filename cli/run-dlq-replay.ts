import { readFileSync } from 'node:fs'
import { type Letter, nameOf } from '../consumers/dlq/letter.ts'
import { type ReplayReport, replay } from '../consumers/dlq/replay.ts'
import { decodeRecord } from '../topic/record.ts'
import { type Config, ConfigError } from './config/config.ts'
import { type Letters, openLetters } from './open/letters.ts'
import { reach } from './open/reach.ts'
import { type OpenReplayer, openReplayer } from './open/replayer.ts'
import { filterWords, wantedBy } from './options/letter-filter.ts'
import { printable } from './print/printable.ts'
import { lettersIn, printedReplay, stored } from './print/replay.ts'
import { createLog } from './process/log.ts'
import { letterAt } from './run-dlq.ts'

type Flags = Readonly<Record<string, unknown>>

/** What a command waits for servers that are away, milliseconds. */
const patienceMs = 15_000

/** Sends what is asked for and prints what became of it; the exit code is 1 where something of it is still not stored. */
export async function runReplay(config: Config, flags: Flags): Promise<void> {
  const value = repairedBy(flags)
  const { rate = 1_000, maxReplays = 3 } = flags
  const dryRun = flags['dryRun'] === true
  const letters = await openLetters(config, dryRun ? 'look' : 'replay')
  const replays = dryRun ? undefined : open(config, letters)
  try {
    const letter = await letterAt(letters, flags['at'])
    if (letter && !value) requireWhole(letter)
    const writer = replays?.topic
    if (writer) await reachable(config, writer.ready())
    const report = await replay({
      log: letters.log,
      replayer: replays?.replayer,
      topic: config.topic,
      // A dry run asks nobody.
      partitions: writer?.partitions() ?? 1,
      maxRecordBytes: writer?.maxRecordBytes() ?? Number.POSITIVE_INFINITY,
      maxReplays: Number(maxReplays),
      rate: Number(rate),
      wanted: wantedBy(flags),
      signal: new AbortController().signal,
      onProgress: showProgress,
      ...(letter ? { only: { letter, ...(value ? { value } : {}) } } : {}),
    })
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
    process.stdout.write(printedReplay(report, { dryRun, filter: filterWords(flags) }))
    if (!report.rows.every(({ outcome }) => stored(outcome))) process.exitCode = 1
  } finally {
    await replays?.close()
    await letters.close()
  }
}

function open(config: Config, { topics }: Letters): OpenReplayer {
  return openReplayer(config, topics, createLog('warn'), () => AbortSignal.timeout(patienceMs))
}

async function reachable(config: Config, ready: Promise<void>): Promise<void> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(reject, patienceMs, new Error(`${config.topic} is not known after ${patienceMs / 1_000} s`)).unref()
  })
  const first = Promise.race([ready, late])
  await (config.kafka ? reach('KAFKA_BROKERS', config.kafka.brokers, first) : first)
}

/** What the file of `--value` holds, on one line. @throws ConfigError where it would be refused again */
function repairedBy({ value, at }: Flags): Uint8Array | undefined {
  if (typeof value !== 'string') return undefined
  if (at === undefined)
    throw new ConfigError(['--value is for one letter: name it, such as clicktrail dlq replay 1:17'])
  let bytes: Buffer
  try {
    bytes = readFileSync(value)
  } catch (error) {
    throw new ConfigError([`--value names ${value}: ${error instanceof Error ? error.message : error}`])
  }
  const decoded = decodeRecord(bytes)
  if (decoded.ok) return Buffer.from(decoded.text)
  throw new ConfigError([
    `--value names ${value}, which would be refused again: ${decoded.reason}: ${printable(decoded.message)}`,
  ])
}

function requireWhole(letter: Letter): void {
  const name = nameOf(letter)
  if (letter.empty) throw new Error(`letter ${name} has no value: name one with --value <file>`)
  if (letter.cutFrom === undefined) return
  throw new Error(
    `letter ${name} holds only the beginning of its value: name the whole, or a shorter one, with --value <file>`,
  )
}

function showProgress({ rows }: ReplayReport): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${lettersIn(rows)} letters \x1b[K`)
}
