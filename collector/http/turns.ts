export interface TurnsOptions {
  /** A clock, milliseconds. */
  now(): number
  /** Whether there is something to work on. */
  isWaiting(): boolean
  /** Works on one of what waits. */
  workOnOne(): void
  /** A turn and the looking behind it are over; `hadMore` where the turn ended with some still waiting. */
  passed(hadMore: boolean, ms: number): void
}

export interface Turns {
  /** Whether there is time to work on something at once. Where no turn goes on, one begins. */
  hasTime(): boolean
  /** Whether it has been looked for so long that what was just looked at had better be left until the next turn. */
  hasSeenEnough(): boolean
  /** Does something when the next turn begins, which comes only while one goes on. */
  atNext(task: () => void): void
}

/** How long is worked at least before it is looked for what came in meanwhile, milliseconds; half as long as looking took, where that is longer, */
const minTurnMs = 4
/** but no longer than this, or whoever is refused would wait for it. */
const maxTurnMs = 12
/** Node looks on for as long as there are many with something to read: the same ones again, if they are quick. */
const maxLookMs = 20

/** Turns of work, of a few milliseconds; between them Node looks for what came in meanwhile. */
export function createTurns({ now, isWaiting, workOnOne, passed }: TurnsOptions): Turns {
  /** Set from the first work after everything was read until everything has been read again. */
  let endsMs: number | undefined
  /** When work was left for looking. */
  let leftMs = 0
  let beganMs = 0
  let hadMore = false
  const tasks: (() => void)[] = []

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
    hadMore = false
    endsMs = nowMs + ms
    setImmediate(end)
  }

  /** Runs when everything that was readable has been read. */
  function end(): void {
    endsMs = undefined
    for (const task of tasks.splice(0)) task()
    const nowMs = now()
    passed(hadMore, nowMs - beganMs)
    if (!isWaiting()) return
    begin(nowMs, Math.min(maxTurnMs, Math.max(minTurnMs, (nowMs - leftMs) / 2)))
    work()
  }

  function work(): void {
    workOnOne()
    // A tick that is asked for by a microtask comes after all that this one has set going.
    if (isWaiting() && hasTime()) queueMicrotask(() => process.nextTick(work))
    else {
      leftMs = now()
      hadMore = isWaiting()
    }
  }

  return {
    hasTime,
    hasSeenEnough: () => endsMs !== undefined && now() - leftMs > maxLookMs,
    atNext(task) {
      tasks.push(task)
    },
  }
}
