/** The timers of a page, which run when the test says so. */
export interface HeldTimers {
  /** What the page waits for, ms, oldest first. */
  waits(): number[]
  /** Runs all that the page waits for; for the page that time has passed then. */
  fire(): void
}

/** Stands in for setTimeout and clearTimeout of a page, and for its clock. */
export function holdTimers(window: Window & typeof globalThis): HeldTimers {
  const { now } = window.Date
  let aheadMs = 0
  window.Date.now = () => now() + aheadMs
  const held = new Map<number, { act(): void; ms: number }>()
  let id = 0
  const setTimeout = (act: () => void, ms: number) => {
    held.set(++id, { act, ms })
    return id
  }
  Object.assign(window, { setTimeout, clearTimeout: (id: number) => held.delete(id) })
  return {
    waits: () => [...held.values()].map(({ ms }) => ms),
    fire() {
      const due = [...held.values()]
      held.clear()
      aheadMs += Math.max(0, ...due.map(({ ms }) => ms))
      for (const { act } of due) act()
    },
  }
}
