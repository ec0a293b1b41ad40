import type { Event } from '../../sdk/event.ts'

/** The events of a request, each with the number and the action that it may have left out (CONTRACT 1). */
export function spelledOut(events: readonly Event[]): Event[] {
  const whole: Event[] = []
  for (const event of events) {
    const before = whole.at(-1)
    const n = event.n ?? (before?.n === undefined ? undefined : before.n + 1)
    const action = event.action ?? before?.action
    whole.push({ ...event, ...(n === undefined ? {} : { n }), ...(action === undefined ? {} : { action }) })
  }
  return whole
}
