import type { PropertyValue } from './event.ts'
import type { Counts } from './losses.ts'
import type { Refusal } from './refusal.ts'
import type { EventState } from './seal.ts'

export interface InitOptions {
  /** Name of the website, as the collector's operator knows it. */
  site: string
  /** URL of the collector's `/v1/events`. @default '/v1/events' of the page's own origin */
  endpoint?: string
  /** Page views at load and at each change of the path. @default true */
  pageViews?: boolean
  /** Clicks on elements with `data-track`. @default true */
  clicks?: boolean
}

/** An event of this page as `status()` tells it. */
export interface RecentEvent {
  /** The `event.id` under which it can be found in the storage. */
  id: string
  action: string
  user: string | undefined
  properties: Record<string, PropertyValue> | undefined
  state: EventState
}

export interface Status {
  site?: string
  endpoint?: string
  tab: string | undefined
  user: string | undefined
  /** Events held: not acknowledged yet. */
  queued: number
  sent: number
  acknowledged: number
  /** Given up, by reason: `http_<status>`, `too_large`, `queue_full`, `rejected`, `failed`. */
  dropped: Counts
  /** Why nothing is sent at the moment. `retrying`: the collector could not be reached or asked to wait. */
  blocked: Refusal | 'not_initialised' | 'retrying' | undefined
  /** The last 20 events, oldest first. */
  recent: RecentEvent[]
}

/** What a page can call. Nothing here ever throws; calls before `init` wait for it. */
export interface Tracker {
  /** Starts collecting. The first call counts, later ones do nothing; on a server it does nothing. */
  init(options: InitOptions): void
  /** Records a `page_view` of where the visitor is now. URLs go without query and fragment. */
  page(): void
  /**
   * Records an event. Property values are strings, booleans or finite numbers; others are left out, and integers beyond
   * ±(2^53 − 1) become strings.
   */
  track(action: string, properties?: Record<string, PropertyValue>): void
  /** Names the visitor in all events from now on; an empty name ends that. */
  identify(name?: string): void
  /** Forgets all that is held and collects nothing more, on all pages of this origin, until `optIn()`. */
  optOut(): void
  /** Takes `optOut()` back. Global Privacy Control stays respected. */
  optIn(): void
  /** What is held, what became of it, and why nothing is sent. */
  status(): Status
}
