import { afterEach, describe, expect, test } from 'vitest'
import { endVisits, type Visit, visit } from './visit.ts'

afterEach(endVisits)

const withGpc = (window: Window) => Object.defineProperty(window.navigator, 'globalPrivacyControl', { value: true })
const denied = (window: Window) => {
  for (const name of ['localStorage', 'sessionStorage']) {
    Object.defineProperty(window, name, {
      get() {
        throw new DOMException('denied', 'SecurityError')
      },
    })
  }
}
const actions = (page: Visit) => page.events().map(({ action }) => action)
/** All that the pages of this origin have stored. */
const stored = () => [...Object.entries(localStorage), ...Object.entries(sessionStorage)]

describe('Global Privacy Control', () => {
  test('is obeyed, even after optIn(), and nothing is stored', async () => {
    const page = await visit({ before: withGpc, tag: 'data-site="example" data-storage="local"' })
    page.window.clicktrail.track('click')
    page.hide()
    expect(page.status()).toMatchObject({ blocked: 'gpc', queue: [], kept: [] })
    expect(stored()).toEqual([])
    page.window.clicktrail.optIn()
    page.window.clicktrail.track('click')
    page.hide()
    page.leave()
    expect(page.sent).toEqual([])
  })

  test('takes away what an earlier page had kept', async () => {
    const before = await visit({ reply: () => new TypeError('Failed to fetch') })
    before.hide()
    await expect.poll(() => before.status().blocked).toBe('retry')
    before.leave()
    expect(stored()).toHaveLength(1)
    const page = await visit({ before: withGpc })
    page.hide()
    page.leave()
    expect([page.sent, stored()]).toEqual([[], []])
  })

  test.each(['honor', 'true', ''])('is obeyed with data-gpc="%s"', async value => {
    const page = await visit({ before: withGpc, tag: `data-site="example" data-gpc="${value}"` })
    page.leave()
    expect(page.sent).toEqual([])
  })

  test('is ignored where the website says so', async () => {
    const page = await visit({ before: withGpc, tag: 'data-site="example" data-gpc="ignore"' })
    page.leave()
    expect(actions(page)).toEqual(['page_view'])
  })
})

describe('optOut()', () => {
  test('forgets what is held, the ids too, and collects nothing more', async () => {
    const reply = () => new Response(null, { status: 503, headers: { 'retry-after': '60' } })
    const page = await visit({ reply, tag: 'data-site="example" data-storage="local"' })
    page.hide()
    await expect.poll(() => page.status().blocked).toBe('retry')
    page.window.clicktrail.track('waits')
    expect(stored().map(([key]) => key)).toContain('clicktrail.id')
    page.window.clicktrail.optOut()
    expect(stored()).toEqual([['clicktrail', 'optOut']])
    page.window.clicktrail.track('click')
    page.hide()
    expect(page.status()).toMatchObject({ blocked: 'optOut', queue: [], kept: [] })
    page.leave()
    expect(page.sent).toHaveLength(1)
  })

  test('holds on the next page, until optIn()', async () => {
    const first = await visit()
    first.window.clicktrail.optOut()
    first.leave()
    const page = await visit({ tag: 'data-site="example" data-storage="session"' })
    page.window.clicktrail.track('refused')
    page.hide()
    page.window.clicktrail.track('refused')
    expect([page.sent, stored()]).toEqual([[], [['clicktrail', 'optOut']]])
    page.window.clicktrail.optIn()
    page.window.clicktrail.track('allowed')
    page.leave()
    expect(page.events().map(({ n, action }) => [n, action])).toEqual([[1, 'allowed']])
  })

  test('holds in the other pages that are open', async () => {
    const [one, other] = await Promise.all([visit(), visit()])
    one.window.clicktrail.optOut()
    other.window.clicktrail.track('click')
    other.hide()
    expect(other.status()).toMatchObject({ blocked: 'optOut', queue: [] })
    other.leave()
    expect(other.sent).toEqual([])
  })

  test('holds in a page whose consent found no room in storage', async () => {
    const full = (window: Window) => {
      const { localStorage } = window
      const set = () => {
        throw new DOMException('full', 'QuotaExceededError')
      }
      const value = new Proxy(localStorage, { set, get: (target, key) => Reflect.get(target, key) })
      Object.defineProperty(window, 'localStorage', { value })
    }
    const one = await visit({ before: full, tag: 'data-site="example" data-consent="wait"' })
    one.window.clicktrail.optIn()
    await expect.poll(() => one.status().acknowledged).toBe(1)
    const other = await visit()
    other.window.clicktrail.optOut()
    one.window.clicktrail.track('click')
    one.hide()
    expect(one.status()).toMatchObject({ blocked: 'optOut', queue: [] })
    one.leave()
    expect(one.sent).toHaveLength(1)
  })

  test('gives up a retry', async () => {
    const page = await visit({
      reply: () => new Response(null, { status: 503, headers: { 'retry-after': '1' } }),
    })
    page.hide()
    await expect.poll(() => page.status().blocked).toBe('retry')
    page.window.clicktrail.optOut()
    await new Promise(resolve => setTimeout(resolve, 1_200))
    expect(page.sent).toHaveLength(1)
  })

  test('holds for the page where storage throws', async () => {
    const page = await visit({ before: denied })
    page.window.clicktrail.optOut()
    page.window.clicktrail.track('click')
    page.hide()
    expect(page.sent).toEqual([])
    expect(page.status().blocked).toBe('optOut')
    page.window.clicktrail.optIn()
    page.window.clicktrail.track('click')
    page.leave()
    expect(actions(page)).toEqual(['click'])
  })

  test('can be called before init', async () => {
    const page = await visit({ tag: '' })
    page.window.clicktrail.track('early')
    page.window.clicktrail.optOut()
    page.window.clicktrail.init({ site: 'example' })
    page.leave()
    expect(page.sent).toEqual([])
  })
})
