import type { Tracker } from './api.ts'
import { guard } from './guard.ts'
import { createTracker } from './tracker.ts'

/** What a page may put in the place of the global before the script has loaded: calls as `[method, ...args]`. */
interface Stub {
  q?: { push(...calls: unknown[]): unknown }
}

declare global {
  interface Window {
    clicktrail: Tracker & Stub
  }
}

guard(() => {
  const tracker = createTracker()
  const calls: unknown = window.clicktrail?.q
  const call = guard((...queued: unknown[]) => {
    for (const [method, ...args] of queued as [keyof Tracker, ...never[]][])
      (tracker[method] as (...a: never[]) => void)(...args)
  })
  window.clicktrail = Object.assign(window.clicktrail || {}, tracker, { q: { push: call } })
  const script = document.currentScript
  const site = script?.getAttribute('data-site')
  if (site && script instanceof HTMLScriptElement) {
    tracker.init({ site, endpoint: script.getAttribute('data-endpoint') || `${new URL(script.src).origin}/v1/events` })
  }
  if (Array.isArray(calls)) for (const queued of calls) call(queued)
})()
