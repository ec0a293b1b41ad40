import { afterEach, expect, test } from 'vitest'
import { tabPattern } from '../../sdk/event.ts'
import { endVisits, type Visit, visit } from './visit.ts'

/** Fails where the page saw an error or an unhandled rejection. */
afterEach(endVisits)

/** All that the tracker takes from the page's realm. */
const targets =
  `fetch localStorage sessionStorage navigator navigator.sendBeacon navigator.locks navigator.locks.request
  navigator.globalPrivacyControl navigation navigation.addEventListener history history.pushState history.replaceState
  document.title document.referrer document.prerendering document.currentScript location.href addEventListener
  setTimeout clearTimeout Blob Blob.prototype.size URL RegExp RegExp.prototype.test JSON JSON.parse JSON.stringify Math
  Math.random Math.min Date Date.now Object Object.keys Object.assign String Number.prototype.toString
  String.prototype.split String.prototype.replace String.prototype.match String.prototype.slice
  String.prototype.startsWith Array.prototype.find Array.prototype.filter Array.prototype.map Array.prototype.sort
  Array.prototype.reverse Array.prototype.splice Array.prototype.push Array.prototype.join Array.prototype.forEach
  Event.prototype.composedPath HTMLElement.prototype.dataset Element.prototype.attributes HTMLAnchorElement.prototype.href
  Promise Promise.prototype.catch Response Symbol.iterator console`.split(/\s+/)

const fail = () => {
  throw new Error('hostile')
}

/** What a page may have made of a global, or of a part of one. */
const ways: Record<string, PropertyDescriptor> = {
  missing: { value: undefined },
  throwing: { get: fail },
  'a number': { value: 7 },
  'an object without anything': { value: Object.create(null) },
  'a function that throws': { value: fail },
  'a function that answers nothing': { value: () => undefined },
}

/** Replaces what `path` names in the window; what the browser allows nobody to replace stays. */
function spoil(window: Window, path: string, way: PropertyDescriptor): void {
  const names = path.split('.')
  const last = names.pop() ?? ''
  const owner = names.reduce((object: unknown, name) => Object(Reflect.get(Object(object), name)), window)
  Reflect.defineProperty(Object(owner), last, { configurable: true, ...way })
}

const html = `<button data-track="click" data-track-color="red">x</button><a href="https://user.example/">x</a>
  <script>onclick = event => event.preventDefault()</script>`
const tag = 'data-site="example" data-outbound="true" data-storage="local" data-query="q"'

/** Uses all that a page can use but what it has spoiled itself. */
function use({ window, document, hide }: Visit, spoiled: string): void {
  const { clicktrail } = window
  // A page without a stub has no tracker where not even that could be made.
  for (const method of ['track', 'page', 'identify', 'flush', 'optOut', 'optIn', 'status', 'init', 'track'] as const) {
    const act: unknown = clicktrail?.[method]
    if (typeof act === 'function') act('click', { a: 1, site: 'x' })
  }
  for (const element of document.querySelectorAll<HTMLElement>('button, a')) element.click()
  if (!spoiled.startsWith('history')) window.history.pushState({}, '', '/shop')
  for (const type of ['popstate', 'pageshow', 'pagehide', 'visibilitychange', 'pageshow']) {
    window.dispatchEvent(new PageTransitionEvent(type, { persisted: true }))
  }
  hide()
}

/** Pages side by side, one for each target and each way. */
const cases = (some: string[]) => some.flatMap(path => Object.values(ways).map(way => ({ path, way })))

/** Some at a time: each test visits thirty pages. */
const groups = Array.from({ length: Math.ceil(targets.length / 5) }, (_, i) => targets.slice(i * 5, i * 5 + 5))

/** Longer than the 99 ms after which the next batch follows. */
const aWhile = () => new Promise(resolve => setTimeout(resolve, 120))

test.each(groups)('lets the page feel nothing whatever has become of %s, %s, %s, %s, %s', async (...some) => {
  const errors: unknown[] = []
  const before = (window: Window & typeof globalThis, path: string, way: PropertyDescriptor) => {
    window.console.error = (...args: unknown[]) => void errors.push(args)
    spoil(window, path, way)
  }
  const pages = await Promise.all(
    cases(some).map(async ({ path, way }) => ({
      path,
      page: await visit({ html, tag, before: window => before(window, path, way) }),
    })),
  )
  for (const { path, page } of pages) use(page, path)
  await aWhile()
  for (const { page } of pages) page.leave()
  expect(errors).toEqual([])
})

test.each(groups)('lets the page feel nothing when %s, %s, %s, %s, %s break while it runs', async (...some) => {
  const before = (window: Window) => void Reflect.deleteProperty(window, 'navigation')
  const pages = await Promise.all(
    cases(some).map(async spoiled => ({ ...spoiled, page: await visit({ html, tag, before }) })),
  )
  for (const { path, way, page } of pages) {
    spoil(page.window, path, way)
    use(page, path)
  }
  await aWhile()
  for (const { page } of pages) page.leave()
})

const freezable = `history navigation navigator Object Object.prototype Array.prototype String.prototype JSON Math Date
  RegExp.prototype Promise.prototype EventTarget.prototype Event.prototype HTMLElement.prototype`.split(/\s+/)

test.each([
  ['', ['click', 'page_view', 'page_view']],
  [' and has no Navigation API', ['click', 'page_view']],
])('records clicks on a page that has frozen its globals%s', async (but, expected) => {
  const page = await visit({
    html,
    tag,
    before(window) {
      if (but) Reflect.deleteProperty(window, 'navigation')
      for (const path of freezable) {
        const value = path.split('.').reduce((object: unknown, name) => Reflect.get(Object(object), name), window)
        if (value) Object.freeze(value)
      }
    },
  })
  page.document.querySelector('button')?.click()
  page.window.history.pushState({}, '', '/shop')
  page.leave()
  const actions = page.events().map(({ action }) => action)
  expect(actions.sort()).toEqual(expected)
})

test.each([undefined, null, 7, {}, Symbol('x'), () => 1, Object.create(null), 2n, []])(
  'throws nothing with %o for an argument',
  async odd => {
    const { window, leave } = await visit()
    for (const method of Object.values(window.clicktrail)) {
      if (typeof method === 'function') Reflect.apply(method, undefined, [odd, odd])
    }
    for (const call of [odd, [odd], [odd, odd], ['track', odd, odd]])
      Reflect.apply(window.clicktrail.q?.push ?? fail, undefined, [call])
    leave()
  },
)

test('leaves out what is no text, number or boolean, and keeps the rest', async () => {
  const { window, events, leave } = await visit()
  const odd = {
    nested: { a: 1 },
    list: [1],
    none: null,
    missing: undefined,
    call: () => 1,
    symbol: Symbol('x'),
    big: 2n,
  }
  window.clicktrail.track('click', { ...odd, text: 'a', number: 1.5, yes: false, empty: '' })
  leave()
  expect(events()[1]?.properties).toEqual({ text: 'a', number: 1.5, yes: false, empty: '' })
})

test('throws nothing with properties that throw, and goes on', async () => {
  const { window, events, leave } = await visit()
  window.clicktrail.track('click', {
    get color(): string {
      throw new Error('hostile')
    },
  })
  window.clicktrail.track('next')
  leave()
  expect(events().map(({ n, action }) => [n, action])).toEqual([
    [1, 'page_view'],
    [2, 'next'],
  ])
})

test('delivers without storage, locks and URL patterns of the page', async () => {
  const { sent, hide, status } = await visit({
    before(window) {
      for (const path of ['localStorage', 'sessionStorage', 'navigator.locks', 'Blob', 'navigation'])
        spoil(window, path, { value: undefined })
    },
  })
  hide()
  expect(sent[0]?.batch.tab).toMatch(tabPattern)
  await expect.poll(() => status().acknowledged).toBe(1)
})

test('leaves by beacon without fetch', async () => {
  const { sent, leave } = await visit({ before: window => spoil(window, 'fetch', { value: undefined }) })
  leave()
  expect(sent.map(({ by }) => by)).toEqual(['beacon'])
})

test('keeps for the next page what no beacon can take', async () => {
  const first = await visit({ before: window => spoil(window, 'navigator.sendBeacon', { value: undefined }) })
  first.leave()
  expect(first.sent).toEqual([])
  const next = await visit()
  next.leave()
  expect(new Set(next.sent.map(({ body }) => body)).size).toBe(2)
})
