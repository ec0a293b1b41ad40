import { afterEach, expect, test } from 'vitest'
import { ownTags } from './own-tags.ts'
import { endVisits, type Visit, visit } from './visit.ts'

afterEach(endVisits)

const actions = (page: Visit) => page.events().map(({ action }) => action)
const tracker = '<script defer src="/sdk/dist/clicktrail.js" data-site="example"></script>'

test('counts once and loses nothing where a page has the same tag twice', async () => {
  const page = await visit({ tag: ownTags(tracker + tracker) })
  page.window.clicktrail.track('bought')
  page.leave()
  expect(actions(page)).toEqual(['page_view', 'bought'])
})

/** Takes all room of the storage of this origin. */
function fill(): void {
  for (let size = 2 ** 22; size >= 1; size = Math.floor(size / 2)) {
    try {
      localStorage.setItem('other', (localStorage.getItem('other') ?? '') + 'x'.repeat(size))
    } catch {
      // Less, then.
    }
  }
  expect(() => localStorage.setItem('one', 'x')).toThrow('quota')
}

test('obeys optOut() where the storage is full', async () => {
  const page = await visit()
  page.window.clicktrail.track('private')
  fill()
  page.window.clicktrail.optOut()
  page.window.clicktrail.track('click')
  page.leave()
  expect(page.sent).toEqual([])
})

test('obeys the optOut() of another tab where the storage is full', async () => {
  const reply = () => new Response(null, { status: 503, headers: { 'retry-after': '60' } })
  const [page, other] = [await visit({ reply }), await visit({ reply })]
  localStorage.setItem('spare', 'x'.repeat(100))
  fill()
  page.window.clicktrail.track('private')
  page.window.clicktrail.flush()
  await expect.poll(() => page.status()).toMatchObject({ blocked: 'retry', kept: { length: 1 } })
  localStorage.removeItem('spare')
  other.window.clicktrail.optOut()
  expect(page.status().blocked).toBe('optOut')
  page.leave()
  expect(page.sent).toHaveLength(1)
})

test('obeys optIn() where the storage is full', async () => {
  const page = await visit({ tag: 'data-site="x" data-consent="wait"' })
  fill()
  page.window.clicktrail.optIn()
  page.leave()
  expect(new Set(actions(page))).toEqual(new Set(['page_view']))
})

test('starts inline with data-endpoint', async () => {
  const code = await (await fetch('/sdk/dist/clicktrail.js')).text()
  const page = await visit({ tag: ownTags(`<script data-site="x" data-endpoint="/in">${code}\n</script>`) })
  page.leave()
  expect(actions(page)).toEqual(['page_view'])
})

test('does not send a half after optOut()', async () => {
  let answer = (_: Response) => {}
  const page = await visit({
    reply: () =>
      new Promise(resolve => {
        answer = resolve
      }),
  })
  page.window.clicktrail.track('x')
  page.hide()
  page.window.clicktrail.optOut()
  answer(new Response(null, { status: 413 }))
  await new Promise(resolve => setTimeout(resolve, 300))
  expect([page.sent.length, Object.keys(localStorage)]).toEqual([1, ['clicktrail']])
})

test('sees routes where the browser has no Navigation API, but an element has its name', async () => {
  const page = await visit({
    html: '<b id="navigation"></b>',
    before: window => {
      Reflect.deleteProperty(window, 'navigation')
      Reflect.deleteProperty(window, 'Navigation')
    },
  })
  expect(Object(page.window.navigation).id).toBe('navigation')
  page.window.history.pushState({}, '', '/shop')
  page.leave()
  expect(actions(page)).toEqual(['page_view', 'page_view'])
})

test('watches clicks in spite of a broken Navigation API', async () => {
  const page = await visit({
    html: '<button data-track="click">x</button>',
    before: window => {
      Object.defineProperty(window, 'navigation', { value: undefined })
    },
  })
  page.document.querySelector('button')?.click()
  page.leave()
  expect(actions(page)).toEqual(['page_view', 'click'])
})

test('forgets the name of identify() on optOut()', async () => {
  const page = await visit()
  page.window.clicktrail.identify('ada')
  page.window.clicktrail.optOut()
  page.window.clicktrail.optIn()
  page.window.clicktrail.track('x')
  page.leave()
  expect(page.sent.map(({ batch }) => batch.user || undefined)).toEqual([undefined])
})

test('keeps what an earlier page could not deliver, also where the next one is left before its first try', async () => {
  const reply = () => new Response(null, { status: 503, headers: { 'retry-after': '60' } })
  const first = await visit({ reply })
  first.window.clicktrail.track('buy')
  first.window.clicktrail.flush()
  await expect.poll(() => first.status().blocked).toBe('retry')
  first.leave()
  const hop = await visit({ reply })
  hop.leave()
  expect(Object.values(localStorage).filter(body => body.includes('buy'))).toHaveLength(1)
})

test('leaves the page its storage where the endpoint is undefined', async () => {
  Object.assign(localStorage, { cart: '[1,2]', token: 'abc' })
  const page = await visit({ tag: '' })
  Reflect.apply(page.window.clicktrail.init, undefined, [{ site: 'example', endpoint: undefined }])
  page.window.clicktrail.flush()
  page.window.clicktrail.flush()
  expect({ ...localStorage }).toMatchObject({ cart: '[1,2]', token: 'abc' })
})

test('sends nothing of earlier pages while consent is awaited', async () => {
  const body = JSON.stringify({ site: 'example', tab: '0mwpt1nbck9k2j4h6f8d', n: 1, action: 'a', events: [{}] })
  localStorage.setItem(`${Date.now() - 1_000} /v1/events 0.1`, body)
  const page = await visit({ tag: 'data-site="example" data-consent="wait"' })
  page.window.clicktrail.track('early')
  page.window.clicktrail.flush()
  page.hide()
  expect(page.sent).toEqual([])
})
