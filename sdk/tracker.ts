import type { InitOptions, Status, Tracker } from './api.ts'
import { clean } from './clean.ts'
import { createDelivery, type Target } from './delivery.ts'
import { limits, type Page } from './event.ts'
import { guard } from './guard.ts'
import { reportAction } from './losses.ts'
import { declaredProperties, flatProperties } from './properties.ts'
import { knownRefusal, refusal, remember } from './refusal.ts'
import { watchRoutes } from './routes.ts'
import type { Entry, Envelope, Sparse } from './seal.ts'
import { newTab } from './tab.ts'

const tabMaxAgeMs = 86_400_000
const recentEvents = 20

/** A tracker that does nothing yet, neither to the page nor to the network. */
export function createTracker(): Tracker {
  let target: Target | undefined
  let current: Sparse<Page> | undefined
  let path: string | undefined
  let user: string | undefined
  let envelope: Envelope | undefined
  let tabMadeAt = 0
  let n = 0
  let recent: Entry[] = []

  const delivery = createDelivery({
    target() {
      if (refusal()) return forget()
      retitle()
      return target
    },
    report: dropped => entryOf(reportAction, dropped),
  })
  /** Guards what makes events. */
  const guarded = <A extends unknown[]>(act: (...args: A) => void) => guard(act, () => delivery.lose('failed'))

  /** Single-page apps set the title after the route: it is read again before a page is left or sent. */
  function retitle() {
    if (current) current.title = titleNow()
  }

  function forget(): undefined {
    delivery.clear()
    envelope = undefined
    recent = []
  }

  function entryOf(action: string, properties?: unknown): Entry {
    const at = Date.now()
    current ??= pageNow(document.referrer)
    if (!envelope || at - tabMadeAt > tabMaxAgeMs) {
      envelope = { tab: newTab(at), user }
      tabMadeAt = at
      n = 0
    }
    const entry: Entry = {
      envelope,
      action: clean(String(action), limits.nameChars),
      at,
      page: current,
      properties: flatProperties(properties),
      state: 'queued',
      n: ++n,
    }
    recent = [...recent.slice(1 - recentEvents), entry]
    return entry
  }

  const track = guarded((action: string, properties?: unknown) => {
    if (!knownRefusal()) delivery.add(entryOf(action, properties))
  })

  const page = guarded(() => {
    path = location.pathname
    current = pageNow(current?.url ?? document.referrer)
    track('page_view')
  })

  function listen({ pageViews = true, clicks = true }: InitOptions) {
    addEventListener(
      'pagehide',
      guard(() => delivery.flush(true)),
    )
    document.addEventListener(
      'visibilitychange',
      guard(() => {
        // Firefox before 133 has no keepalive. Where there is, a page that lives on gets its answer.
        if (document.visibilityState === 'hidden') delivery.flush(!('keepalive' in Request.prototype))
      }),
    )
    if (clicks) {
      document.addEventListener(
        'click',
        guarded(({ target: clicked }: MouseEvent) => {
          const element = clicked instanceof Element ? clicked.closest('[data-track]') : null
          const action = element?.getAttribute('data-track')
          if (element && action) track(action, declaredProperties(element.attributes))
        }),
        true,
      )
    }
    if (pageViews) {
      page()
      watchRoutes(
        guarded(() => {
          if (path === location.pathname) return
          retitle()
          page()
        }),
      )
    }
  }

  return {
    init: guard((options: InitOptions) => {
      if (target || typeof document === 'undefined') return
      target = { site: options.site, endpoint: options.endpoint || '/v1/events' }
      listen(options)
      delivery.wake()
    }),
    page,
    track,
    identify: guard((name?: string) => {
      const named = clean(String(name ?? ''), limits.nameChars) || undefined
      if (envelope && named !== user) envelope = { tab: envelope.tab, user: named }
      user = named
    }),
    optOut: guard(() => {
      remember(true)
      forget()
    }),
    optIn: guard(() => remember(false)),
    status() {
      const { retrying, ...counts } = delivery.counts()
      return {
        ...target,
        tab: envelope?.tab,
        user,
        ...counts,
        blocked: guard(refusal)() ?? (target ? (retrying ? 'retrying' : undefined) : 'not_initialised'),
        recent: recent.map(({ envelope: { tab, user }, n, action, properties, state }) => ({
          id: `${tab}-${n}`,
          action,
          user,
          properties,
          state,
        })),
      } satisfies Status
    },
  }
}

function pageNow(referrer: string): Sparse<Page> {
  return {
    url: plain(location.href),
    referrer: plain(referrer) || undefined,
    title: titleNow(),
    language: navigator.language || undefined,
  }
}

const titleNow = () => clean(document.title, limits.valueChars) || undefined

/** Query and fragment may hold what is nobody's business. */
const plain = (url: string) => clean(url.replace(/[?#].*/s, ''), limits.urlChars)
