import type { PropertyValue } from './event.ts'

/** An action and its properties, as `beforeSend` sees them. */
export interface Draft {
  action: string
  properties?: object | undefined
}

/**
 * What `init` takes. In the script tag each is an attribute: `consent: 'wait'` is `data-consent="wait"`, `outbound: true`
 * is `data-outbound="true"`.
 */
export interface InitOptions {
  /** Name of the website, as the collector's operator knows it. */
  site: string
  /** URL of the collector's `/v1/events`, without a query. @default '/v1/events' of the page's origin; in a tag, of the script's */
  endpoint?: string
  /** Records clicks on links to other hosts, as `outbound_click` with the property `url`; in the tag by any value. @default false */
  outbound?: boolean
  /** Parameters of the URL's query that may be collected, as in `'utm_source|utm_medium'`. @default none */
  query?: string
  /** The fragment is the route: it is collected, and its changes are page views. @default false */
  hash?: boolean
  /** Where ids of visitor and session are kept: until the tab is closed, or longer. @default nowhere: there are none */
  storage?: 'session' | 'local'
  /** Any value: collects nothing until `optIn()`; only calls of `track` made meanwhile wait in memory. */
  consent?: 'wait'
  /** Collects in spite of Global Privacy Control. The collector obeys it too, unless told otherwise. */
  gpc?: 'ignore'
  /**
   * Sees each event before it is recorded: gives it back, as it is or altered, or nothing to leave it out. In the ES
   * module alone.
   */
  beforeSend?(event: Draft): Draft | null | undefined
}

/** What `status()` tells: the options, and what became of the events. */
export interface Status extends Partial<InitOptions> {
  tab: string
  /** Events that wait for their batch. The first one's id is `<tab>-<n>`. */
  queue: { at: number; action: string; properties: Record<string, PropertyValue | undefined> | undefined }[]
  /** The number in its tab of the first event in `queue`. */
  n: number
  /** Bodies of the batches that no collector has acknowledged, on their way or kept for later: of all tabs of this origin. */
  kept: string[]
  /** Events that a collector has acknowledged to this page, also those of other tabs and of earlier pages. */
  acknowledged: number
  /** Given up and not reported yet, by reason: `http_<status>`, `rejected`, `full` (no more room, or 7 days old). */
  dropped: Record<string, number>
  user: string | undefined
  /**
   * Why nothing is sent at the moment: no `init` yet, no consent yet, the visitor's `optOut()`, Global Privacy Control, or
   * a collector that can't be reached or asked to wait.
   */
  blocked: 'init' | 'wait' | 'optOut' | 'gpc' | 'retry' | undefined
}

/** Action → its properties; `undefined` for an action without any. */
export type EventMap<Events = Record<string, object | undefined>> = { [Action in keyof Events]: object | undefined }

/**
 * Records an event; before `init` it waits. Property values are strings, numbers or booleans: others are left out, and
 * strings are cut to 1,024 characters.
 */
export type Track<Events extends EventMap<Events> = EventMap> = <Action extends keyof Events & string>(
  action: Action,
  ...properties: undefined extends Events[Action] ? [properties?: Events[Action]] : [properties: Events[Action]]
) => void

/** What a page can call. Nothing here ever throws. On a server nothing is sent. */
export interface Tracker<Events extends EventMap<Events> = EventMap> {
  /** Starts collecting. The first call counts, later ones do nothing. */
  init(options: InitOptions): void
  /** Records a `page_view` of where the visitor is now. Page views of routes are recorded by themselves. */
  page(): void
  track: Track<Events>
  /** Names the visitor in all events from now on; an empty name ends that. */
  identify(name?: string): void
  /** Sends what waits, now. */
  flush(): void
  /** Forgets ids and all that is held, and collects nothing more, on all pages of this origin, until `optIn()`. */
  optOut(): void
  /** Consents, on all pages of this origin; takes `optOut()` back. Global Privacy Control stays respected. */
  optIn(): void
  /** What is held, what became of it, and why nothing is sent. Undefined where even that fails. */
  status(): Status | undefined
}
