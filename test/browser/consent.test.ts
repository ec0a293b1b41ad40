import { afterEach, expect, test } from 'vitest'
import { endVisits, type Visit, visit } from './visit.ts'

afterEach(endVisits)

const tag = 'data-site="example" data-consent="wait" data-storage="local"'
const actions = (page: Visit) => page.events().map(({ action }) => action)
const stored = () => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]

/** All that a visitor can do who has not been asked yet. */
async function busy(page: Visit) {
  page.window.clicktrail.track('early', { color: 'red' })
  page.document.querySelector('button')?.click()
  page.window.history.pushState({}, '', '/shop')
  page.hide()
}

test('stores nothing and sends nothing before consent, and says so', async () => {
  const page = await visit({ tag, html: '<button data-track="click">x</button>' })
  await busy(page)
  expect(page.status()).toMatchObject({ blocked: 'wait', kept: [], queue: [{ action: 'early' }] })
  expect(page.document.cookie).toBe('')
  page.leave()
  expect([page.sent, stored()]).toEqual([[], []])
})

test.each(['data-consent', 'data-consent="required"'])('waits for consent with %s too', async attribute => {
  const page = await visit({ tag: `data-site="example" ${attribute}` })
  page.window.clicktrail.track('early')
  page.hide()
  page.leave()
  expect([page.sent, stored()]).toEqual([[], []])
})

test('does not wake up by itself', async () => {
  const page = await visit({ tag })
  page.window.clicktrail.track('early')
  await new Promise(resolve => setTimeout(resolve, 2_200))
  expect([page.sent, stored()]).toEqual([[], []])
})

test('sends with optIn() what was tracked meanwhile, and starts', async () => {
  const page = await visit({ tag, html: '<button data-track="click">x</button>' })
  await busy(page)
  page.window.clicktrail.optIn()
  expect(actions(page)).toEqual(['early', 'page_view'])
  expect(page.events()[0]).toMatchObject({
    n: 1,
    properties: { color: 'red' },
    page: { url: `${location.origin}/shop` },
  })
  page.document.querySelector('button')?.click()
  page.leave()
  expect(actions(page)).toContain('click')
})

test('remembers consent on the next page', async () => {
  const first = await visit({ tag })
  first.window.clicktrail.optIn()
  await expect.poll(() => first.status().acknowledged).toBe(1)
  first.leave()
  const page = await visit({ tag })
  page.leave()
  expect(actions(page)).toEqual(['page_view'])
})

test.each([
  ['is refused', false],
  ['was refused on a page without a tracker', true],
])('forgets ids and batches of earlier pages where consent %s', async (_, before) => {
  const reply = () => new Response(null, { status: 503, headers: { 'retry-after': '60' } })
  const earlier = await visit({ tag: 'data-site="example" data-storage="local"', reply })
  earlier.window.clicktrail.flush()
  await expect.poll(() => earlier.status().blocked).toBe('retry')
  earlier.leave()
  expect(stored()).toHaveLength(2)
  if (before) localStorage.setItem('clicktrail', 'optOut')
  const page = await visit({ tag })
  if (!before) page.window.clicktrail.optOut()
  expect([page.sent, stored()]).toEqual([[], ['clicktrail']])
})

test('remembers a refusal on the next page, without another word', async () => {
  const first = await visit({ tag })
  first.window.clicktrail.track('early')
  first.window.clicktrail.optOut()
  first.leave()
  const page = await visit({ tag })
  page.window.clicktrail.track('refused')
  page.hide()
  page.leave()
  expect([first.sent, page.sent, stored()]).toEqual([[], [], ['clicktrail']])
})

test('takes consent for this page where storage throws', async () => {
  const page = await visit({
    tag,
    before: window =>
      Object.defineProperty(window, 'localStorage', {
        get() {
          throw new DOMException('denied', 'SecurityError')
        },
      }),
  })
  page.hide()
  expect(page.sent).toEqual([])
  page.window.clicktrail.optIn()
  await expect.poll(() => page.status().acknowledged).toBe(1)
  page.leave()
  expect(actions(page)).toEqual(['page_view'])
})

test('obeys Global Privacy Control over consent', async () => {
  const page = await visit({
    tag,
    before: window => Object.defineProperty(window.navigator, 'globalPrivacyControl', { value: true }),
  })
  page.window.clicktrail.optIn()
  page.window.clicktrail.track('click')
  page.leave()
  expect(page.sent).toEqual([])
})
