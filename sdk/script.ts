import { run as flush } from './delivery.ts'
import { guard } from './guard.ts'
import { identify, init, optIn, optOut, page, status, track } from './tracker.ts'

const api = { init, page, track, identify, flush, optOut, optIn, status }

/** A call that a page made before the script had loaded. */
type Call = { [Method in keyof typeof api]: [Method, ...Parameters<(typeof api)[Method]>] }[keyof typeof api]

declare global {
  interface Window {
    /** What the script tag makes; before it has loaded a stub, or nothing. */
    clicktrail: typeof api & { q?: { push(call: Call): unknown } }
  }
}

guard(() => {
  const push = guard(([method, ...args]: Call) => (api[method] as (...given: unknown[]) => unknown)(...args))
  // Where this script has run before, there is no list: it throws, and the first one stays.
  ;(window.clicktrail?.q as Call[] | undefined)?.forEach(push)
  window.clicktrail = Object.assign(window.clicktrail || {}, api, { q: { push } })
  const { dataset, src } = document.currentScript as HTMLScriptElement
  init({ endpoint: src && new URL('/v1/events', src), ...dataset } as unknown as Parameters<typeof init>[0])
})()
