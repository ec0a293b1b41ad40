import type { Logger } from 'pino'

/** How long a stop may take before the process gives up on it. */
const stopDeadlineMs = 10_000

/** npm passes a Ctrl-C on to its child, which has had it from the terminal already: the same signal within this time counts once. */
const echoMs = 500

export interface Running {
  /** Rejects when a part has died for good. */
  died: Promise<never>
  /** Stops every part, in the order of the road; nothing that was acknowledged is lost by it. */
  close(): Promise<void>
}

/**
 * Runs until SIGTERM or SIGINT, then stops cleanly and exits 0 within 10 s; a second signal exits at once. Exits 1
 * when a part died or the stop took too long: whoever supervises the process starts it again, and nothing is lost.
 */
export async function runUntilSignal(running: Running, log: Logger): Promise<void> {
  let signalledAtMs = 0
  const signalled = new Promise<string>(resolve => {
    const onSignal = (signal: string) => {
      const nowMs = Date.now()
      if (signalledAtMs > 0 && nowMs - signalledAtMs > echoMs) process.exit(1)
      if (signalledAtMs === 0) signalledAtMs = nowMs
      resolve(signal)
    }
    process.on('SIGTERM', onSignal)
    process.on('SIGINT', onSignal)
  })
  const reason = await Promise.race([signalled, running.died.catch((error: unknown) => error)])
  const asked = typeof reason === 'string'
  if (asked) log.info({ signal: reason }, 'stopping')
  else log.fatal({ err: reason }, 'a part has died: stopping')
  setTimeout(() => {
    log.error({ deadlineMs: stopDeadlineMs }, 'did not stop in time')
    process.exit(1)
  }, stopDeadlineMs).unref()
  await running.close()
  log.info('stopped')
  process.exit(asked ? 0 : 1)
}
