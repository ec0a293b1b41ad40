import { afterEach, expect, test } from 'vitest'
import { endVisits, visit } from './visit.ts'

afterEach(endVisits)

/** What costs a slow phone time, or tells where a visitor has been: reads of storage, cookies, layout and time zone. */
const costly =
  `localStorage sessionStorage indexedDB caches cookieStore Intl getComputedStyle innerWidth innerHeight screen
  scrollX scrollY visualViewport Document.prototype.cookie Element.prototype.getBoundingClientRect
  Element.prototype.clientWidth Element.prototype.clientHeight Element.prototype.scrollTop
  HTMLElement.prototype.offsetWidth HTMLElement.prototype.offsetHeight HTMLElement.prototype.innerText
  Date.prototype.getTimezoneOffset Date.prototype.toLocaleString`.split(/\s+/)

/** Notes in `touched` each use of what `path` names. */
function watch(window: Window, path: string, touched: string[]): void {
  const names = path.split('.')
  const last = names.pop() ?? ''
  const owner = Object(names.reduce((object: unknown, name) => Reflect.get(Object(object), name), window))
  const original = Object.getOwnPropertyDescriptor(owner, last)
  if (!original) throw new Error(`this browser has no ${path}`)
  Object.defineProperty(owner, last, {
    get() {
      touched.push(path)
      return original.get ? Reflect.apply(original.get, this, []) : original.value
    },
  })
}

test('touches neither storage nor cookies, layout or time zone, at start and in a click', async () => {
  const touched: string[] = []
  const page = await visit({
    html: '<button data-track="click">x</button>',
    tag: 'data-site="example" data-outbound="true" data-storage="local"',
    before: window => {
      for (const path of costly) watch(window, path, touched)
    },
  })
  page.window.clicktrail.track('click', { a: 1 })
  page.document.querySelector('button')?.click()
  expect(touched).toEqual([])
  page.hide()
  expect(new Set(touched)).toEqual(new Set(['localStorage']))
})

test('delivers from a sandboxed frame, where storage throws', async () => {
  const heard: { body?: string; error?: string }[] = []
  const hear = ({ data }: MessageEvent) => void heard.push(data)
  window.addEventListener('message', hear)
  const frame = document.createElement('iframe')
  frame.sandbox.add('allow-scripts')
  frame.srcdoc = `<!doctype html><title>Sandbox</title><script>
    onerror = message => parent.postMessage({ error: message }, '*')
    onunhandledrejection = ({ reason }) => parent.postMessage({ error: String(reason) }, '*')
    try { localStorage } catch { parent.postMessage({ error: 'no storage' }, '*') }
    fetch = async (url, { body }) => { parent.postMessage({ body }, '*'); return new Response(null, { status: 204 }) }
    </script><script src="${location.origin}/sdk/dist/clicktrail.js" data-site="example" data-storage="local"></script>
    <script>clicktrail.track('framed'); clicktrail.flush()</script>`
  document.body.append(frame)
  await expect.poll(() => heard).toHaveLength(2)
  window.removeEventListener('message', hear)
  expect(heard[0]).toEqual({ error: 'no storage' })
  expect(JSON.parse(heard[1]?.body ?? '')).toMatchObject({ site: 'example', n: 1, page: { title: 'Sandbox' } })
})
