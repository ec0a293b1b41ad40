/**
 * CONTRACT 1: what the browser sends. `POST /v1/events` carries one {@link Batch}: an envelope with all that its
 * events share, and events that carry only what differs. This file is shared by the SDK and the collector, and needs
 * neither the DOM nor Node.
 */

/** Upper bounds that the SDK keeps and the collector enforces. Lengths of strings are UTF-16 code units (`String.length`). */
export const limits = {
  /** One request body, bytes of UTF-8. */
  bodyBytes: 65_536,
  /** Events in one batch. */
  batchEvents: 100,
  /** Properties of one event. */
  properties: 32,
  /** `site`, `action`, `visitor`, `session`, `user`, `page.language` and names of properties. */
  nameChars: 128,
  /** String values of properties, and `page.title`. */
  valueChars: 1_024,
  /** `page.url` and `page.referrer`. */
  urlChars: 2_048,
  /** `age` and `ago` are clamped to 0 … 8 days. */
  ageMs: 691_200_000,
} as const

/** `tab`: nine characters of `Date.now()` in base 36, zero-padded, then random ones. Made once a page load and again after 24 hours. */
export const tabPattern = /^[0-9a-z]{16,40}$/

/**
 * Properties are flat: nested values are refused. Numbers are finite; whole ones from ±2^53 on are kept as text where a
 * browser sent them (there is a `tab`), and refused elsewhere, as they may have been altered on their way.
 */
export type PropertyValue = string | number | boolean

/** Where the visitor is. URLs are absolute, `language` is a BCP 47 tag (where it is left out, the first of Accept-Language). */
export interface Page {
  url?: string
  referrer?: string
  title?: string
  language?: string
}

/** One user action. */
export interface Event {
  /** Position in its tab: 1, 2, 3 … without gaps. Only in a batch with a `tab`. @default the batch's `n` + the position in `events` */
  n?: number
  /** Age in milliseconds when the batch was sealed. @default 0 */
  ago?: number
  /** What the visitor did, for example `page_view`, `color_click`, `events_dropped`. @default the batch's `action` */
  action?: string
  /** Only where it differs from the envelope's; it replaces that as a whole. */
  page?: Page
  properties?: Record<string, PropertyValue>
}

/** The envelope: what all events of one request share. */
export interface Batch {
  site: string
  tab?: string
  /** The `n` of the first event; the others follow it. Only with a `tab`. */
  n?: number
  page?: Page
  /** Pseudonymous visitor id, if the browser may keep one. */
  visitor?: string
  session?: string
  /** The name that `identify()` was given. */
  user?: string
  /** The action of all events that don't carry their own. */
  action?: string
  /** 1 … `limits.batchEvents` of them. */
  events: Event[]
}

/** One event that the collector refused, in the 200 answer. */
export interface Rejection {
  /** Position in `events`, from 0. */
  index: number
  n?: number
  reason: string
}

/** Body of a 200 answer: some events were invalid, the rest are acknowledged. */
export interface PartialAnswer {
  accepted: number
  rejected: Rejection[]
}
