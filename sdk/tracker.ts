import type { InitOptions, Status } from './api.ts'
import { build } from './build.ts'
import { watchClicks } from './clicks.ts'
import { choiceKey } from './consent.ts'
import { acknowledged, failures, leave, leaving, run, stay } from './delivery.ts'
import { explain } from './explain.ts'
import { guard, listen } from './guard.ts'
import { dropped } from './losses.ts'
import { begin, idle, options } from './options.ts'
import { undelivered } from './outbox.ts'
import { page, watchRoutes } from './page.ts'
import { forget, n, obey, push, queue, rename, tab, user } from './queue.ts'
import { keep, kept } from './storage.ts'

export { page } from './page.ts'
export { track } from './track.ts'

export const init = /* @__PURE__ */ guard((given: InitOptions): void => {
  if (document.prerendering) listen('prerenderingchange', () => init(given))
  else if (idle && given.site) {
    options.endpoint = Object.assign(options, given).endpoint || '/v1/events'
    if (build === 'module' && given !== options && given.beforeSend) {
      // What was tracked before could not be shown to it then.
      for (const event of queue.splice(0)) {
        const passed = guard(given.beforeSend)(event)
        if (passed) push(String(passed.action), passed.properties, event.at)
      }
    }
    if (given.consent == null || kept(choiceKey) === '') start()
    else {
      obey()
      explain('waits for optIn(): nothing is stored, nothing is sent')
    }
  }
})

function start() {
  explain('starts', options)
  begin()
  page()
  listen('pagehide', leave)
  listen('pageshow', () => {
    if (leaving) {
      stay()
      page()
    }
  })
  watchClicks()
  watchRoutes()
  listen('visibilitychange', run)
}

export const identify = /* @__PURE__ */ guard(rename)

/** Sends what waits, now. */
export const flush: () => void = run

export const optOut = /* @__PURE__ */ guard((): void => {
  forget()
  keep(choiceKey, 'optOut')
})

export const optIn = /* @__PURE__ */ guard((): void => {
  obey()
  keep(choiceKey, '')
  init(options as InitOptions)
  run()
})

export const status = /* @__PURE__ */ guard(
  (): Status => ({
    ...options,
    tab,
    n,
    user,
    queue,
    kept: undelivered().map(kept) as string[],
    acknowledged,
    dropped,
    blocked: obey() || (failures ? 'retry' : undefined),
  }),
)

declare global {
  interface Document {
    /** https://wicg.github.io/nav-speculation/prerendering.html */
    prerendering?: boolean
  }
}
