/** A request as it arrived at the collector's socket. */
export interface SentRequest {
  method: string
  /** Path and query. */
  url: string
  /** Names in lower case. */
  headers: Record<string, string>
  body: Buffer
}

/** An event that was found in a request. `id` is what its server may dedupe by; undefined: it can't. */
export interface SentEvent {
  id: string | undefined
  action: string
}

/** What the peer's own server would answer. */
export interface Answer {
  status: number
  headers?: Record<string, string>
  body?: string
}

/** A tracker under test, configured as its docs say for a normal website. */
export interface Peer {
  /** Lower case, unique: what `--only` names. */
  name: string
  version: string
  /** One line: what it promises when the network or the visitor leaves. */
  claims: string
  /**
   * One minified script (es2020, IIFE). Loaded by a classic `<script>` it starts the tracker against a collector at the
   * origin `endpoint` (no trailing slash), counts the page view as the peer does by default and defines
   * `window.peer.track(action, properties)`. All requests go to `endpoint`. Throws when the peer isn't installed or built.
   */
  script(endpoint: string): Promise<string>
  /** Of the script's tag, where the peer is set up by them. */
  attributes?(endpoint: string): Record<string, string>
  /** The text that a website ships, where `script` carries more than that: its bytes are the peer's size. */
  shipped?(): Promise<string>
  /** The events in a request, in order; none for a request that carries none (settings, preflights). Never throws for a well-formed request. */
  eventsIn(request: SentRequest): SentEvent[]
  /** The answer that the peer expects of its server; undefined: an empty 200 does. CORS headers are the harness's. */
  answer?(request: SentRequest): Answer | undefined
  /** Clicks on `data-track` elements count by themselves: a page must not call `track` for them too. */
  countsClicks?: true
}
