/** The timers of a page, which run when the test says so. */
export interface HeldTimers {
  /** What the page waits for, ms, oldest first. */
  waits(): number[]
  /** Runs all that the page waits for. */
  fire(): void
}

/** Stands in for setTimeout and clearTimeout of a page. */
export function holdTimers(window: Window): HeldTimers {
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
      for (const { act } of due) act()
    },
  }
}
