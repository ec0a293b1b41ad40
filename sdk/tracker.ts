import type { InitOptions, Status } from './api.ts'
import { build } from './build.ts'
import { watchClicks } from './clicks.ts'
import { choiceKey, refusal } from './consent.ts'
import { acknowledged, failures, leave, run, stay } from './delivery.ts'
import { explain } from './explain.ts'
import { guard, listen } from './guard.ts'
import { dropped } from './losses.ts'
import { options } from './options.ts'
import { undelivered } from './outbox.ts'
import { page, watchRoutes } from './page.ts'
import { forget, n, push, queue, rename, seal, tab, user } from './queue.ts'
import { freed, keep, kept } from './storage.ts'

export { page } from './page.ts'
export { track } from './track.ts'

/** What `init` was given before the visitor consented. */
let waiting: InitOptions | undefined

export const init = guard((given: InitOptions): unknown => {
  if (options.site) return
  if (document.prerendering) return listen('prerenderingchange', () => init(given))
  if (given.consent && kept()[choiceKey] !== '') {
    waiting = given
    return explain('waits for optIn(): nothing is stored, nothing is sent')
  }
  Object.assign(options, { endpoint: '/v1/events' }, given)
  if (build === 'module' && given.beforeSend) {
    // What was tracked before could not be shown to it then.
    for (const event of queue.splice(0)) {
      const passed = guard(given.beforeSend)(event)
      if (!passed) continue
      push(String(passed.action), passed.properties)
      Object.assign(queue[queue.length - 1] as object, { at: event.at })
    }
  }
  explain('starts', options)
  page()
  listen('pagehide', leave)
  listen('pageshow', (event: PageTransitionEvent) => {
    if (event.persisted) {
      stay()
      page()
    }
  })
  listen('visibilitychange', run)
  watchClicks()
  watchRoutes()
})

export const identify = /* @__PURE__ */ guard(rename)

export const flush = run

export const optOut = /* @__PURE__ */ guard((): void => {
  freed()
  forget()
  keep(choiceKey, 'optOut')
})

export const optIn = /* @__PURE__ */ guard((): void => {
  seal()
  keep(choiceKey, '')
  init(waiting as InitOptions)
  run()
})

export const status = /* @__PURE__ */ guard(
  (): Status => ({
    ...options,
    tab,
    n,
    user,
    queue,
    kept: undelivered().map(key => kept()[key] as string),
    acknowledged,
    dropped,
    blocked: (refusal() ||
      (options.site ? (failures ? 'retry' : undefined) : waiting ? 'wait' : 'init')) as Status['blocked'],
  }),
)

declare global {
  interface Document {
    /** https://wicg.github.io/nav-speculation/prerendering.html */
    prerendering?: boolean
  }
}
