import type { Logger } from 'pino'
import { closeInStages } from './close-in-stages.ts'

/** How long a stop may take before the process gives up on it. */
const stopDeadlineMs = 10_000

/** npm passes a Ctrl-C on to its child, which has had it from the terminal already: the same signal within this time counts once. */
const echoMs = 500

/** Resolves with the first signal that asks the process to stop; a second one ends it at once. */
export type StopSignal = Promise<string>

/**
 * Listens for SIGTERM and SIGINT from now on. Called first of all: a signal that finds nobody would end the process in the
 * middle of what it has begun.
 */
export function untilSignal(): StopSignal {
  let signalledAtMs = 0
  return new Promise(resolve => {
    const onSignal = (signal: string) => {
      const nowMs = Date.now()
      if (signalledAtMs > 0 && nowMs - signalledAtMs > echoMs) process.exit(1)
      if (signalledAtMs === 0) signalledAtMs = nowMs
      resolve(signal)
    }
    process.on('SIGTERM', onSignal)
    process.on('SIGINT', onSignal)
  })
}

export interface Running {
  signalled: StopSignal
  /** Rejects when a part has died for good. */
  died: Promise<never>
  /** Stops the parts in the order of the road. A stage that takes too long is left behind: what it held is not acknowledged, or read again. */
  stages: readonly (() => Promise<unknown>)[]
}

/**
 * Runs until it is asked to stop, then stops cleanly and exits 0 within 10 s. Exits 1 when a part died or the stop took
 * too long: whoever supervises the process starts it again, and nothing is lost.
 */
export async function runUntilSignal(running: Running, log: Logger): Promise<void> {
  const reason = await Promise.race([running.signalled, running.died.catch((error: unknown) => error)])
  const asked = typeof reason === 'string'
  if (asked) log.info({ signal: reason }, 'stopping')
  else log.fatal({ err: reason }, 'a part has died: stopping')
  setTimeout(() => {
    log.error({ deadlineMs: stopDeadlineMs }, 'did not stop in time')
    process.exit(1)
  }, stopDeadlineMs).unref()
  await closeInStages(running.stages, log)
  log.info('stopped')
  process.exit(asked ? 0 : 1)
}
