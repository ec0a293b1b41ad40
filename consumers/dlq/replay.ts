import { type Letter, letterOf, nameOf, type Place, roundOf } from './letter.ts'
import type { LetterLog } from './letter-log.ts'
import { createPace, stepOf } from './pace.ts'
import type { Outcome, Replayer } from './replayer.ts'
import { createRounds, windowLetters } from './rounds.ts'
import { type Route, type RouteOptions, routeOf, type Unsent } from './route.ts'
import { type Settled, settledFrom } from './settled.ts'

export interface ReplayOptions extends RouteOptions {
  log: LetterLog
  /** Undefined for a dry run: nothing is sent or committed. */
  replayer: Replayer | undefined
  wanted(letter: Letter): boolean
  /** This letter alone, also if it was replayed before, and what it is to be. */
  only?: { letter: Letter; value?: Uint8Array }
  /** Letters a second. */
  rate: number
  signal: AbortSignal
  /** Told after each step. */
  onProgress?: (report: ReplayReport) => void
}

export interface ReplayReport {
  /** By reason and outcome, with a letter of each and what is wrong with it, if that is known. */
  rows: { reason: string; outcome: Outcome; letters: number; example: string; fault?: string }[]
  /** Letters that the filter left out. */
  leftOut: number
  /** Letters that an earlier replay was through with. */
  before: number
}

/** One letter on its way. */
interface Step {
  letter: Letter
  route: Route
  /** Letters of the same round that the filter left out before: done with it. */
  others?: readonly number[]
}

/** Unreadable letters of a partition that wait for who repairs them: each is a gap in what a commit says, and some 400 fit (settled.ts). */
const mostWaiting = 200

/**
 * Replays every letter that is on the topic now and wanted, in order, partition by partition. What is sent is acknowledged before it is
 * committed; so a run that is cut short goes on where it was, and may send the last tenth of a second's letters again. An unreadable
 * letter goes on waiting, the first 200 of a partition; of all else that is not sent the replay is through.
 */
export async function replay(options: ReplayOptions): Promise<ReplayReport> {
  const report: ReplayReport = { rows: [], leftOut: 0, before: 0 }
  const { log, only } = options
  const pace = createPace(options.rate)
  for (const partition of log.partitions) {
    if (only && only.letter.at.partition !== partition) continue
    await replayPartition(partition, options, pace, report)
  }
  return report
}

async function replayPartition(
  partition: number,
  options: ReplayOptions,
  pace: ReturnType<typeof createPace>,
  report: ReplayReport,
): Promise<void> {
  const { log, replayer, only, wanted, signal, onProgress } = options
  const bounds = await log.bounds(partition)
  const settled = settledFrom(await log.committed(partition), bounds)
  const rounds = createRounds()
  const passedOver = new Map<string, number[]>()
  const most = stepOf(options.rate)
  let unreadable = 0

  function stepFor(letter: Letter): Step | undefined {
    const round = roundOf(letter)
    if (only) return stepAlone(letter, only, options)
    if (settled.has(letter.at.offset)) {
      rounds.add(round)
      report.before++
      return undefined
    }
    if (rounds.has(round)) return { letter, route: { to: 'nowhere', why: 'repeated' } }
    const others = passedOver.get(round) ?? []
    if (!wanted(letter)) {
      report.leftOut++
      passedOver.set(round, [...others, letter.at.offset])
      return undefined
    }
    rounds.add(round)
    return { letter, route: routeOf(letter, options), others }
  }

  /** Also a letter that somebody asked for and that can't go. */
  function waitsOn(why: Unsent): boolean {
    return only ? why !== 'repeated' : why === 'unreadable' && ++unreadable <= mostWaiting
  }

  async function send(steps: readonly Step[]): Promise<void> {
    if (steps.length === 0) return
    const routes = steps.map(({ route }) => route)
    const going = routes.filter(({ to }) => to !== 'nowhere').length
    if (replayer && going > 0) await pace(going, signal)
    signal.throwIfAborted()
    const outcomes = replayer ? await replayer(routes, signal) : routes.map(planned)
    steps.forEach(({ letter, route, others = [] }, position) => {
      count(report, letter, outcomes[position] ?? 'refused', route)
      if (route.to === 'nowhere' && waitsOn(route.why)) return
      for (const offset of [letter.at.offset, ...others]) settled.settle(offset)
    })
    if (replayer) await commit(log, partition, settled)
    onProgress?.(report)
  }

  const from = only ? bounds.low : Math.max(bounds.low, settled.next - windowLetters)
  for await (const records of log.read(partition, { from, to: bounds.high })) {
    const steps = records.flatMap(record => stepFor(letterOf(partition, record)) ?? [])
    for (let start = 0; start < steps.length; start += most) await send(steps.slice(start, start + most))
  }
}

/** The letter that was asked for, however often it went; others of its round are done with it. */
function stepAlone(
  letter: Letter,
  { letter: asked, value }: NonNullable<ReplayOptions['only']>,
  options: RouteOptions,
): Step | undefined {
  const asOften = { ...options, maxReplays: Number.POSITIVE_INFINITY }
  if (letter.at.offset === asked.at.offset) return { letter, route: routeOf(letter, asOften, value) }
  const same = roundOf(letter) === roundOf(asked)
  return same ? { letter, route: { to: 'nowhere', why: 'repeated' } } : undefined
}

function planned(route: Route): Outcome {
  return route.to === 'nowhere' ? route.why : route.to
}

async function commit(log: LetterLog, partition: number, settled: Settled): Promise<void> {
  await log.commit(partition, { next: settled.next, metadata: settled.metadata() })
}

function count({ rows }: ReplayReport, letter: Letter, outcome: Outcome, route: Route): void {
  const row = rows.find(one => one.reason === letter.reason && one.outcome === outcome)
  if (row) row.letters++
  else {
    const fault = route.to === 'nowhere' && route.fault !== undefined ? { fault: route.fault } : {}
    rows.push({ reason: letter.reason, outcome, letters: 1, example: nameOf(letter), ...fault })
  }
}

/** Reads one letter; undefined where none lies there. */
export async function readLetter(log: LetterLog, { partition, offset }: Place): Promise<Letter | undefined> {
  if (!log.partitions.includes(partition)) return undefined
  const { low, high } = await log.bounds(partition)
  if (offset < low || offset >= high) return undefined
  for await (const [record] of log.read(partition, { from: offset, to: offset + 1 }))
    if (record) return letterOf(partition, record)
  return undefined
}
