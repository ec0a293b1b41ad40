import { explain } from './explain.ts'

/** Makes a function that never throws: the host page must not feel that we are there. A failure answers undefined. */
export function guard<A extends unknown[], R>(act: (...args: A) => R): (...args: A) => R | undefined {
  return (...args): R | undefined => {
    try {
      return act(...args)
    } catch (error) {
      explain('failed inside, which the page does not feel:', error)
    }
  }
}

/** Listens on the window before the page's own listeners can stop the event, and never throws into it. */
export function listen<E extends globalThis.Event>(type: string, act: (event: E) => void): void {
  addEventListener(type, guard(act) as EventListener, true)
}
