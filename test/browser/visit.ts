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
export type Reply = (nth: number, sent: Sent) => Response | Error | Promise<Response>

/** A page with the tracker in a frame of its own, and all that it sends. */
export interface Visit {
  window: Frame
  document: Document
  sent: Sent[]
  /** All events in all requests, with the page that holds for each. */
  events(): (Event & { page: Page })[]
  /** Fires visibilitychange with the document hidden, as when the visitor turns to another tab. */
  hide(): void
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

/**
 * Opens a page that loads the built script by its tag, in a frame with stubbed network. Retries don't wait: the page's
 * Math.random is 0. Errors and rejections in the page are rethrown by `noErrors`.
 */
export async function visit(options: VisitOptions = {}): Promise<Visit> {
  const { html = '', tag = 'data-site="example"', reply = noContent, before } = options
  const frame = document.createElement('iframe')
  document.body.append(frame)
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
  window.Math.random = () => 0
  window.fetch = async (url, init = {}) => {
    const answer = await reply(sent.length, record('fetch', String(url), init))
    if (answer instanceof Error) throw answer
    return answer
  }
  window.navigator.sendBeacon = (url, body) => Boolean(record('beacon', String(url), { body: String(body) }))
  before?.(window)
  const loaded = new Promise(resolve => frame.addEventListener('load', resolve, { once: true }))
  window.document.write(
    `<!doctype html><title>A page</title><script defer src="/sdk/dist/clicktrail.js" ${tag}></script><body>${html}`,
  )
  window.document.close()
  await loaded
  const hidden = (state: string) =>
    Object.defineProperty(window.document, 'visibilityState', { value: state, configurable: true })
  return {
    window,
    document: window.document,
    sent,
    events: () => sent.flatMap(({ batch }) => batch.events.map(event => ({ page: batch.page ?? {}, ...event }))),
    hide() {
      hidden('hidden').dispatchEvent(new window.Event('visibilitychange'))
      hidden('visible')
    },
    leave: () => frame.remove(),
  }
}

const troubles: unknown[] = []

/** Ends all visits. Throws when one of the pages saw an error or an unhandled rejection. */
export function endVisits(): void {
  for (const frame of document.querySelectorAll('iframe')) frame.remove()
  localStorage.clear()
  const [trouble] = troubles.splice(0)
  if (trouble) throw trouble
}
