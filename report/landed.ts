import type { Span } from './span.ts'

/** How often a name came up in one minute. */
export interface Tally {
  /** Whole minutes since the span began, from 0. */
  minute: number
  name: string
  count: number
}

/** What a tab did in a span, by the numbers that it gave its events. */
export interface TabSeen {
  site: string
  /** Distinct ones that happened in the span. */
  events: number
  /** The lowest and the highest of their numbers. */
  first: number
  last: number
  /** The highest number of what the tab did before the span; 0 where nothing did. */
  before: number
}

/** What has landed of a span, each event once. */
export interface Landed {
  /** Events, under the name of their site. */
  events: readonly Tally[]
  /** `color_click` events by their color. */
  colors: readonly Tally[]
  /** `page_view` events by their path. */
  pages: readonly Tally[]
  tabs: readonly TabSeen[]
  /** What browsers say in `events_dropped` that they gave up. */
  givenUp: readonly { site: string; count: number }[]
  /** Files that could not be read and are not counted, each with the reason. */
  unread: readonly string[]
}

/** Where landed events are read from. Rejects when the place does not answer. */
export type ReadLanded = (span: Span) => Promise<Landed>

/** Stands for the path of a page view that has none. */
export const noPage = '(no page)'
