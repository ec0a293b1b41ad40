export interface TurnsOptions {
  /** A clock, milliseconds. */
  now(): number
  /** Whether there is something to work on. */
  isWaiting(): boolean
  /** Works on one of what waits. */
  workOnOne(): void
}

export interface Turns {
  /** Whether there is time to work on something at once. Where no turn goes on, one begins. */
  hasTime(): boolean
  /** How long the turn has been going on, with the looking behind it, milliseconds. Where no turn goes on, one begins. */
  ageMs(): number
}

/** How long is worked at least before it is looked for what came in meanwhile, milliseconds; half as long as looking took, where that is longer. */
const minTurnMs = 4

/** Turns of work, of a few milliseconds; between them Node looks for what came in meanwhile. */
export function createTurns({ now, isWaiting, workOnOne }: TurnsOptions): Turns {
  /** Set from the first work after everything was read until everything has been read again. */
  let endsMs: number | undefined
  let beganMs = 0
  /** When work was left for looking. */
  let leftMs = 0

  function hasTime(): boolean {
    const nowMs = now()
    if (endsMs === undefined) {
      begin(nowMs, minTurnMs)
      leftMs = nowMs
    }
    return nowMs < (endsMs ?? 0)
  }

  function begin(nowMs: number, ms: number): void {
    beganMs = nowMs
    endsMs = nowMs + ms
    setImmediate(end)
  }

  /** Runs when everything that was readable has been read. */
  function end(): void {
    endsMs = undefined
    if (!isWaiting()) return
    const nowMs = now()
    begin(nowMs, Math.max(minTurnMs, (nowMs - leftMs) / 2))
    work()
  }

  function work(): void {
    workOnOne()
    // A tick that is asked for by a microtask comes after all that this one has set going.
    if (isWaiting() && hasTime()) queueMicrotask(() => process.nextTick(work))
    else leftMs = now()
  }

  return {
    hasTime,
    ageMs() {
      hasTime()
      return now() - beganMs
    },
  }
}
