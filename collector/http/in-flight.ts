export interface InFlight {
  /** Runs the work and counts it until it has ended. */
  run<T>(work: () => Promise<T>): Promise<T>
  /** Resolves when nothing runs, or after `maxMs` milliseconds. */
  idle(maxMs: number): Promise<void>
}

/** Counts what runs, so that an end can wait for it. */
export function createInFlight(): InFlight {
  let running = 0
  const waiters = new Set<() => void>()
  return {
    async run(work) {
      running++
      try {
        return await work()
      } finally {
        running--
        if (running === 0) for (const wake of waiters) wake()
      }
    },
    idle(maxMs) {
      if (running === 0) return Promise.resolve()
      return new Promise(resolve => {
        const wake = () => {
          clearTimeout(timer)
          waiters.delete(wake)
          resolve()
        }
        const timer = setTimeout(wake, maxMs)
        waiters.add(wake)
      })
    },
  }
}
