import { setImmediate as turn } from 'node:timers/promises'
import { backoffMs, wait } from './backoff.ts'
import { createHolds } from './holds.ts'
import { createIntake } from './intake.ts'
import type { LaneOptions, PartitionLane } from './lane.ts'
import { locate } from './locate.ts'
import { createPartitionFlush } from './partition-flush.ts'
import type { PartitionStatus } from './partition-status.ts'
import { createProgress } from './progress.ts'
import { PartitionHalted } from './sink.ts'
import { untilAborted } from './until-aborted.ts'

/** Most that a sink gets in one turn of the event loop: encoding it takes some 40 ms. */
const slice = { records: 500, bytes: 1024 * 1024 }

/**
 * Runs one partition during one assignment, one step at a time: start → add → dead letters → flush → dead letters → commit.
 * Whatever fails makes it start again with back-off; a {@link PartitionHalted} ends it.
 */
export function createPartitionLane(options: LaneOptions): PartitionLane {
  const { partition, reader, sink, metrics, now, backoff, after, onWeight } = options
  const logger = options.logger.child({ partition })
  const controller = new AbortController()
  const { signal } = controller
  const holds = createHolds(reader, partition, signal)
  const intake = createIntake()
  const progress = createProgress(now)
  const out = createPartitionFlush({ ...options, logger, signal, holds, progress })
  let state: PartitionStatus['state'] = 'starting'
  let failures = 0
  let forced = false
  let flushing = false
  let closing = false
  let halted: string | undefined
  let awake: () => void = () => {}
  let markStarted: () => void = () => {}
  const started = new Promise<void>(resolve => {
    markStarted = resolve
  })

  function weigh(): void {
    const part = intake.waitingBytes / options.maxIntakeBytes()
    if (part >= 1) holds.add('intake')
    else if (part <= 0.5) holds.remove('intake')
    onWeight()
  }

  function forget(): void {
    intake.clear()
    forced = false
    sink.drop(partition)
    weigh()
  }

  async function begin(): Promise<void> {
    state = 'starting'
    const { from, bounds, committed: known } = await locate(partition, { reader, sink, signal })
    logger.info({ from, ...bounds, committed: known?.next }, 'partition started')
    state = 'running'
    progress.begin(Math.max(from, known?.next ?? from), bounds.high)
    reader.seek(partition, from)
    holds.remove('start')
    markStarted()
  }

  /** Moves a slice of what was delivered into the sink. What can't be decoded stays here until it is buried. True: there is more. */
  function absorb(): boolean {
    if (intake.waiting === 0) return false
    const records = intake.take(slice)
    const before = sink.buffered(partition).records
    intake.reject(sink.add(partition, records, now()))
    progress.read(records)
    // A sink that begins to read earlier than it has to land passes over the first ones.
    if (sink.buffered(partition).records > before) progress.taken(records.at(-1))
    weigh()
    return intake.waiting > 0
  }

  async function flush(): Promise<'landed' | 'lost'> {
    flushing = true
    try {
      const outcome = await out.flush()
      if (outcome === 'landed') failures = 0
      return outcome
    } finally {
      forced = false
      flushing = false
      onWeight()
    }
  }

  /** Runs a started partition until it is lost, or drained for closing. */
  async function work(): Promise<'lost' | 'drained'> {
    for (let passed = false; ; ) {
      signal.throwIfAborted()
      const room = sink.room?.()
      if (room) {
        await untilAborted(room, signal)
        continue
      }
      if (absorb()) {
        await turn()
        continue
      }
      if (intake.rejected.length > 0) {
        await out.bury(intake.rejected)
        intake.buried()
        passed = true
        continue
      }
      const { records } = sink.buffered(partition)
      // With nothing left but dead letters there is no age that would make a flush due: the commit tells now that they are written.
      const wanted = records > 0 ? forced || closing : passed
      passed = false
      if (wanted || sink.due(partition, now())) {
        if ((await flush()) === 'lost') return 'lost'
      } else if (closing) {
        return 'drained'
      } else {
        forced = false
        // Copies and dead letters at the end of the log move no file's end, and no commit: only here it is known that all is done.
        if (records === 0) for (const seconds of progress.settled()) metrics.stored(seconds)
        await new Promise<void>(resolve => {
          awake = resolve
        })
      }
    }
  }

  async function retreat(error: unknown): Promise<void> {
    state = 'starting'
    holds.add('start')
    forget()
    if (error instanceof PartitionHalted) {
      state = 'halted'
      halted = error.message
      holds.add('halted')
      logger.error({ err: error }, 'partition halted: it waits for an operator, the others go on')
      return
    }
    if (error) logger.error({ err: error, failures }, 'partition failed: it is started again')
    else logger.warn({ failures }, 'partition lost: it is started again')
    markStarted()
    await wait(error || failures > 0 ? backoffMs(failures, backoff) : 0, signal)
    failures++
  }

  async function run(): Promise<void> {
    await after
    while (!signal.aborted && state !== 'halted') {
      try {
        await begin()
        if ((await work()) === 'drained') break
        if (closing) break
        await retreat(undefined)
      } catch (error) {
        if (signal.aborted) break
        if (closing && !(error instanceof PartitionHalted)) {
          logger.error({ err: error }, 'partition failed while closing')
          break
        }
        await retreat(error)
      }
    }
    if (state !== 'halted') state = 'ended'
    forget()
  }

  const ended = run()
    .catch(error => logger.error({ err: error }, 'partition ended'))
    .finally(markStarted)

  return {
    partition,
    started,
    ended,
    push(records) {
      if (state !== 'running' || signal.aborted) return
      intake.push(records)
      progress.delivered(records)
      awake()
      weigh()
    },
    wake: () => awake(),
    force() {
      forced = true
      awake()
    },
    holds,
    drain() {
      closing = true
      holds.add('closing')
      if (state === 'starting') controller.abort(new Error('closing'))
      awake()
    },
    abort() {
      controller.abort(new Error(`partition ${partition} is no longer assigned`))
      awake()
    },
    bytes: () => sink.buffered(partition).bytes + intake.bytes,
    sawEnd: high => progress.ended(high),
    flushing: () => flushing || forced,
    status: () => {
      const { records, bytes, sinceMs } = sink.buffered(partition)
      const unflushedSeconds = sinceMs === undefined ? 0 : Math.max(0, now() - sinceMs) / 1_000
      const buffered = { records: records + intake.records, bytes: bytes + intake.bytes }
      const figures = { buffered, unflushedSeconds, progress: progress.figures() }
      return { partition, state, ...out.figures(), ...figures, halted }
    },
  }
}
