import type { Batch, Event } from '../../sdk/event.ts'

/** The events of a request, each with the number and the action that it may leave to its batch (CONTRACT 1). */
export function spelledOut({ n: first, action: shared, events }: Batch): Event[] {
  return events.map((event, index) => {
    const n = event.n ?? (first === undefined ? undefined : first + index)
    const action = event.action ?? shared
    return { ...event, ...(n === undefined ? {} : { n }), ...(action === undefined ? {} : { action }) }
  })
}
