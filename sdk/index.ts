import type { EventMap, InitOptions, Status, Track } from './api.ts'
import * as tracker from './tracker.ts'

export type { Draft, EventMap, InitOptions, Status, Track, Tracker } from './api.ts'
export { createTracker } from './create.ts'
export type { PropertyValue } from './event.ts'
export { flush, identify, optIn, optOut, page } from './tracker.ts'

/**
 * Starts the page's one tracker; see {@link InitOptions}. With a map of events, `init<{ color_click: { color: string } }>(…)`,
 * the `track` that it returns checks every call.
 */
export function init<Events extends EventMap<Events> = EventMap>(options: InitOptions): { track: Track<Events> } {
  tracker.init(options)
  return { track }
}

/** Records an event; see {@link Track}. */
export const track: Track = tracker.track

/** What is held, what became of it, and why nothing is sent. */
export const status: () => Status | undefined = tracker.status

/** All that `status()` tells, as text for an error report. */
export const dump = (): string => JSON.stringify(status(), undefined, 2)
