import type { Status } from '../../sdk/api.ts'
import type { Batch, Event, Page } from '../../sdk/event.ts'
import type {} from '../../sdk/script.ts'

type Frame = Window & typeof globalThis

/** A request as it left the page. */
export interface Sent {
  url: URL
  body: string
  batch: Batch
  by: 'fetch' | 'beacon'
  init: RequestInit
}

/** What the stubbed collector answers; an Error stands for a lost connection. */
export type Reply = (nth: number, sent: Sent) => Response | Error | Promise<Response | Error>

/** An event with all that holds for it, also what its batch says for it (CONTRACT 1). */
export type WholeEvent = Event & { n: number; action: string; page: Page }

/** A page with the tracker in a frame of its own, and all that it sends. */
export interface Visit {
  window: Frame
  document: Document
  sent: Sent[]
  /** All events in all requests. */
  events(): WholeEvent[]
  /** What the tracker says of itself. Throws where it says nothing. */
  status(): Status
  /** Fires visibilitychange with the document hidden, as when the visitor turns to another tab. */
  hide(): void
  /** Removes the frame, which fires pagehide. What the page has stored is there for the next visit. */
  leave(): void
}

/** How the visited page differs from an ordinary one. */
export interface VisitOptions {
  html?: string
  /** Attributes of the script tag. */
  tag?: string
  reply?: Reply
  /** Runs before any script of the page. */
  before?(window: Frame): void
}

const noContent: Reply = () => new Response(null, { status: 204 })

/** The events of a batch, each with the number, the action and the page that it may have left to the envelope. */
export function wholeEvents({ n = Number.NaN, action = '', page = {}, events }: Batch): WholeEvent[] {
  return events.map((event, i) => ({ n: n + i, action, page, ...event }))
}

let drawn = 0
/** Small enough that retries don't wait, and never the same: it tells ids and batches apart. */
const smallRandom = () => 1e-4 + ++drawn / 1e10

/**
 * Opens a page that loads the built script by its tag, in a frame with stubbed network. Retries don't wait: the page's
 * Math.random is almost 0. Pages share the storage of the origin, one after the other and side by side. Errors and
 * rejections in the page are rethrown by `endVisits`.
 */
export async function visit(options: VisitOptions = {}): Promise<Visit> {
  const { html = '', tag = 'data-site="example"', reply = noContent, before } = options
  const frame = document.createElement('iframe')
  // A document that is opened within the load event of the one before has none itself: hence one task later.
  const loaded = () => new Promise(resolve => frame.addEventListener('load', () => setTimeout(resolve), { once: true }))
  // The Navigation API does not work in a frame that was never navigated.
  frame.src = URL.createObjectURL(new Blob([], { type: 'text/html' }))
  document.body.append(frame)
  await loaded()
  const window = frame.contentWindow as Frame
  const sent: Sent[] = []
  const record = (by: Sent['by'], url: string, init: RequestInit) => {
    const body = String(init.body)
    const request = { url: new URL(url, location.href), body, batch: JSON.parse(body), by, init }
    sent.push(request)
    return request
  }
  window.document.open()
  window.addEventListener('error', event => troubles.push(event.error))
  window.addEventListener('unhandledrejection', event => troubles.push(event.reason))
  window.Math.random = smallRandom
  window.fetch = async (url, init = {}) => {
    const answer = await reply(sent.length, record('fetch', String(url), init))
    if (answer instanceof Error) throw answer
    return answer
  }
  window.navigator.sendBeacon = (url, body) => Boolean(record('beacon', String(url), { body: String(body) }))
  before?.(window)
  const written = loaded()
  window.document.write(
    `<!doctype html><title>A page</title><script defer src="/sdk/dist/clicktrail.js" ${tag}></script><body>${html}`,
  )
  window.document.close()
  await written
  const hidden = (state: string) =>
    Object.defineProperty(window.document, 'visibilityState', { value: state, configurable: true })
  return {
    window,
    document: window.document,
    sent,
    events: () => sent.flatMap(({ batch }) => wholeEvents(batch)),
    status() {
      const status = window.clicktrail.status()
      if (!status) throw new Error('the tracker has no status')
      return status
    },
    hide() {
      hidden('hidden').dispatchEvent(new window.Event('visibilitychange'))
      hidden('visible')
    },
    leave: () => frame.remove(),
  }
}

const troubles: unknown[] = []

/** Ends all visits and forgets what they stored. Throws when one of the pages saw an error or an unhandled rejection. */
export function endVisits(): void {
  for (const frame of document.querySelectorAll('iframe')) frame.remove()
  localStorage.clear()
  sessionStorage.clear()
  const [trouble] = troubles.splice(0)
  if (trouble) throw trouble
}
