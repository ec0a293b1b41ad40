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
  /** Text of a script for a collector at this origin. Run by a classic script tag, it defines `peer.track(action, properties)`. */
  script(endpoint: string): Promise<string>
  /** Attributes of the script tag. */
  attributes(endpoint: string): Record<string, string>
  /** Whether it sees clicks on `data-track` elements by itself. */
  countsClicks: boolean
  /** The property `mark` of each event in a request, unique to the event in all that the lab does. */
  marksIn(request: Arrival): string[]
  eventsIn(request: Arrival): SentEvent[]
  reply(request: Arrival): Reply | undefined
}

/** The action of all that the lab's visitors do. */
export const labAction = 'color_click'
