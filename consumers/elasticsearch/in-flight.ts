/** A place among the requests in flight. Given back once. */
export interface Slot {
  /** `crowded`: the server had no room for it (429, 503). */
  leave(outcome: 'taken' | 'crowded'): void
}

export interface InFlight {
  /** A slot, in the order of asking, as soon as fewer than `limit` are taken. Rejects with the signal's reason when it aborts. */
  enter(signal: AbortSignal): Promise<Slot>
  /** How many may be taken now. */
  readonly limit: number
}

/**
 * Finds out how many requests at once the server takes, from `max` down to 1: half of them after one that it had no room for,
 * one more after each round of them that it took (additive increase, multiplicative decrease, RFC 5681 §3.1). Requests that
 * were on their way before the last halving halve nothing again.
 */
export function createInFlight(max: number): InFlight {
  let limit = max
  let taken = 0
  let halvings = 0
  const waiting: (() => void)[] = []

  function admit(): void {
    while (taken < Math.floor(limit)) {
      const next = waiting.shift()
      if (!next) return
      taken++
      next()
    }
  }

  function takenSlot(): Slot {
    const since = halvings
    return {
      leave(outcome) {
        // What isn't used teaches nothing: a trickle would raise it to the top.
        if (outcome === 'taken' && taken >= Math.floor(limit)) limit = Math.min(max, limit + 1 / limit)
        else if (outcome === 'crowded' && since === halvings) {
          limit = Math.max(1, limit / 2)
          halvings++
        }
        taken--
        admit()
      },
    }
  }

  return {
    enter: signal =>
      new Promise((resolve, reject) => {
        const giveUp = () => {
          waiting.splice(waiting.indexOf(go), 1)
          reject(signal.reason)
        }
        const go = () => {
          signal.removeEventListener('abort', giveUp)
          resolve(takenSlot())
        }
        if (signal.aborted) return reject(signal.reason)
        signal.addEventListener('abort', giveUp, { once: true })
        waiting.push(go)
        admit()
      }),
    get limit() {
      return Math.floor(limit)
    },
  }
}
