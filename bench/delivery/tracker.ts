import type { Arrival, Reply } from './collector.ts'

/** An event as a request carries it. */
export interface SentEvent {
  /** What storage dedupes by; undefined where the tracker has none. */
  id: string | undefined
  action: string
}

/** What the lab measures. */
export interface Tracker {
  name: string
  version: string
  /** Text of the script for a collector at this origin. */
  script(endpoint: string): Promise<string>
  /** Attributes of the script tag. */
  attributes(endpoint: string): Record<string, string>
  /** Inline script that follows it: defines `lab.track(action, properties)` and, unless `data-track` does it, tracks clicks. */
  wiring: 'clicktrail' | 'peer'
  /** Marks of the events that a request carries, see `marksIn`. */
  marksIn(request: Arrival): string[]
  eventsIn(request: Arrival): SentEvent[]
  reply(request: Arrival): Reply | undefined
}

/** The action of all that the lab's visitors do. */
export const labAction = 'color_click'
