import type { Logger } from 'pino'
import type { Sink, SinkCounts } from '../sink.ts'
import { type Letter, letterOf, roundOf } from './letter.ts'
import { createPace, stepOf } from './pace.ts'
import type { Replayer } from './replayer.ts'
import { createRounds, type Rounds, windowLetters } from './rounds.ts'
import { type Route, type RouteOptions, routeOf } from './route.ts'
import { type Settled, settledFrom } from './settled.ts'

export interface ReplaySinkOptions extends Omit<RouteOptions, 'partitions' | 'maxRecordBytes'> {
  replayer: Replayer
  /** Partitions of the topic that the writers read, as known now. */
  partitions(): number
  /** … and the size of a record that it takes. */
  maxRecordBytes(): number
  /** Letters a second. */
  rate: number
  /** How old a letter is before it is replayed, milliseconds: what refused it may need time to be well again. */
  afterMs: number
  logger: Logger
  /** @default Date.now */
  now?: () => number
  onClose(): Promise<void>
}

interface Lane {
  settled: Settled
  rounds: Rounds
  waiting: Letter[]
  bytes: number
  /** Everything before has been read. */
  readTo: number
}

/**
 * Replays the letters of the dead-letter topic as they come of age, behind the same loop as the storages: `flush` resolves when a
 * step of them is acknowledged, and the loop commits it then. Letters that can't be sent stay where they are, counted in the log.
 */
export function createReplaySink(options: ReplaySinkOptions): Sink {
  const { replayer, rate, afterMs, logger, now = Date.now } = options
  const lanes = new Map<number, Lane>()
  const pace = createPace(rate)
  const counts: SinkCounts = { landed: 0, redelivered: 0, copies: 0, gapOffsets: 0 }

  function laneOf(partition: number): Lane {
    const lane = lanes.get(partition)
    if (!lane) throw new Error(`partition ${partition} is not started`)
    return lane
  }

  function routeFor(letter: Letter, rounds: Rounds, inStep: Set<string>): Route {
    const round = roundOf(letter)
    if (rounds.has(round) || inStep.has(round)) return { to: 'nowhere', why: 'repeated' }
    inStep.add(round)
    return routeOf(letter, { ...options, partitions: options.partitions(), maxRecordBytes: options.maxRecordBytes() })
  }

  return {
    name: 'dlq',
    async start(partition, { low, high, committed }) {
      const settled = settledFrom(committed, { low, high })
      lanes.set(partition, { settled, rounds: createRounds(), waiting: [], bytes: 0, readTo: low })
      return Math.max(low, settled.next - windowLetters)
    },
    add(partition, records) {
      const lane = laneOf(partition)
      for (const record of records) {
        const letter = letterOf(partition, record)
        lane.readTo = record.offset + 1
        if (lane.settled.has(record.offset)) lane.rounds.add(roundOf(letter))
        else {
          lane.waiting.push(letter)
          lane.bytes += letter.value.length
        }
      }
      return []
    },
    buffered(partition) {
      const { waiting = [], bytes = 0 } = lanes.get(partition) ?? {}
      return { records: waiting.length, bytes, sinceMs: waiting[0]?.refusedMs }
    },
    due(partition, nowMs) {
      const [first] = laneOf(partition).waiting
      return first !== undefined && nowMs - first.refusedMs >= afterMs
    },
    async flush(partition, signal) {
      const lane = laneOf(partition)
      const { settled, rounds, waiting } = lane
      const oldEnough = waiting.slice(0, stepOf(rate)).filter(letter => now() - letter.refusedMs >= afterMs)
      // Forced, or closing: what is too young is given up, and read again.
      if (oldEnough.length === 0 && waiting.length > 0) return 'lost'
      const inStep = new Set<string>()
      const routes = oldEnough.map(letter => routeFor(letter, rounds, inStep))
      const going = routes.filter(({ to }) => to !== 'nowhere').length
      if (going > 0) await pace(going, signal)
      signal.throwIfAborted()
      const outcomes = await replayer(routes, signal)
      const figures: Record<string, number> = {}
      oldEnough.forEach((letter, position) => {
        const outcome = outcomes[position] ?? 'refused'
        figures[outcome] = (figures[outcome] ?? 0) + 1
        if (outcome === 'topic' || outcome === 'elasticsearch') counts.landed++
        if (outcome === 'repeated') counts.copies++
        settled.settle(letter.at.offset)
        rounds.add(roundOf(letter))
        lane.bytes -= letter.value.length
      })
      lane.waiting = waiting.slice(oldEnough.length)
      if (oldEnough.length > 0) logger.info({ partition, ...figures }, 'dead letters replayed')
      // Offsets that are gone from the topic settle nothing: with all that came done, what was read counts.
      const next = lane.waiting.length === 0 ? Math.max(settled.next, lane.readTo) : settled.next
      return { next, metadata: settled.metadata(), rejected: [] }
    },
    drop: partition => void lanes.delete(partition),
    counts: () => ({ ...counts }),
    close: () => options.onClose(),
  }
}
