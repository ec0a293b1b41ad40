import { afterEach, describe, expect, test } from 'vitest'
import { tabPattern } from '../../sdk/event.ts'
import { ownTags } from './own-tags.ts'
import { endVisits, type Visit, visit } from './visit.ts'

afterEach(endVisits)

const actions = (page: Visit) => page.events().map(({ action }) => action)
const tracker = '<script defer src="/sdk/dist/clicktrail.js" data-site="example"></script>'

test('sends a page view of the load within 2 s, in the form of the contract', async () => {
  const { sent, status } = await visit()
  await expect.poll(() => sent, { timeout: 3_000 }).toHaveLength(1)
  const [request] = sent
  expect(request?.url.href).toMatch(`${location.origin}/v1/events?age=`)
  expect(request?.batch).toEqual({
    site: 'example',
    tab: expect.stringMatching(tabPattern),
    n: 1,
    action: 'page_view',
    page: { url: location.href.replace(/[?#].*/, ''), referrer: expect.any(String), title: 'A page' },
    events: [{ ago: expect.any(Number) }],
  })
  expect(request?.batch.events[0]?.ago).toBeGreaterThan(1_500)
  expect(request?.init.headers).toBeUndefined()
  await expect.poll(status).toMatchObject({ queue: [], kept: [], acknowledged: 1 })
})

test.each([
  ['site', 'data-site="shop"', { site: 'shop' }],
  ['endpoint', 'data-site="shop" data-endpoint="https://stats.example/in"', { endpoint: 'https://stats.example/in' }],
  ['outbound', 'data-site="shop" data-outbound="true"', { outbound: 'true' }],
  ['query', 'data-site="shop" data-query="utm_source|ref"', { query: 'utm_source|ref' }],
  ['hash', 'data-site="shop" data-hash="true"', { hash: 'true' }],
  ['storage', 'data-site="shop" data-storage="session"', { storage: 'session' }],
  ['gpc', 'data-site="shop" data-gpc="ignore"', { gpc: 'ignore' }],
])('takes the option %s from the tag', async (_, tag, options) => {
  const { status } = await visit({ tag })
  expect(status()).toMatchObject(options)
})

test('posts to data-endpoint as the site that the tag names', async () => {
  const { sent, leave } = await visit({ tag: 'data-site="shop" data-endpoint="https://stats.example/in"' })
  leave()
  expect(sent[0]?.url.href).toMatch('https://stats.example/in?age=')
  expect(sent[0]?.batch.site).toBe('shop')
})

test('sends nothing without a site and says why, until init; the first init counts', async () => {
  const page = await visit({ tag: '' })
  page.window.clicktrail.track('early')
  page.hide()
  expect(page.sent).toEqual([])
  expect(page.status()).toMatchObject({ blocked: 'init', queue: [{ action: 'early' }] })
  page.window.clicktrail.init({ site: 'late' })
  page.window.clicktrail.init({ site: 'later' })
  page.leave()
  expect(page.sent.map(({ batch }) => batch.site)).toEqual(['late'])
  expect(actions(page)).toEqual(['early', 'page_view'])
})

test('starts in a tag that a script of the page adds later', async () => {
  const page = await visit({ tag: ownTags('') })
  const script = page.document.createElement('script')
  script.dataset['site'] = 'added'
  script.src = '/sdk/dist/clicktrail.js'
  const loaded = new Promise(resolve => script.addEventListener('load', resolve))
  page.document.head.append(script)
  await loaded
  page.leave()
  expect(page.sent.map(({ batch }) => batch.site)).toEqual(['added'])
})

describe('calls before the script has loaded', () => {
  test('are kept by the stub, of any method, in their order', async () => {
    const stub = await (await fetch('/sdk/dist/stub.js')).text()
    const calls = `clicktrail.identify('ada'); clicktrail.track('early', { a: 1 }); clicktrail.nonsense(7);
      clicktrail.track('second'); clicktrail.flush()`
    const page = await visit({ tag: ownTags(`<script>${stub}\n${calls}</script>${tracker}`) })
    page.window.clicktrail.track('late')
    page.leave()
    expect(actions(page)).toEqual(['early', 'second', 'page_view', 'late'])
    expect(page.events()[0]).toMatchObject({ n: 1, properties: { a: 1 } })
    expect(page.sent[0]?.batch.user).toBe('ada')
  })

  test('start the tracker too', async () => {
    const stub = await (await fetch('/sdk/dist/stub.js')).text()
    const start = "clicktrail.track('early'); clicktrail.init({ site: 'stubbed' })"
    const tags = `<script>${stub}\n${start}</script><script defer src="/sdk/dist/clicktrail.js"></script>`
    const page = await visit({ tag: ownTags(tags) })
    page.leave()
    expect(page.sent.map(({ batch }) => batch.site)).toEqual(['stubbed'])
    expect(actions(page)).toEqual(['early', 'page_view'])
  })

  test('leave the tracker alone where the stub comes after it', async () => {
    const stub = await (await fetch('/sdk/dist/stub.js')).text()
    const page = await visit({ tag: ownTags(`${tracker.replace('defer', '')}<script>${stub}</script>`) })
    page.window.clicktrail.track('late')
    page.leave()
    expect(actions(page)).toEqual(['page_view', 'late'])
  })

  test('may be pushed into a plain array, later ones too, also as arguments', async () => {
    const page = await visit({
      before(window) {
        const asArguments = new window.Function('return arguments')('track', 'second')
        Object.assign(window, { clicktrail: { q: [['track', 'early'], asArguments] } })
      },
    })
    page.window.clicktrail.q?.push(['track', 'late'])
    page.leave()
    expect(actions(page)).toEqual(['early', 'second', 'page_view', 'late'])
  })

  test('may be garbage', async () => {
    const q = [
      null,
      7,
      'text',
      {},
      [],
      [undefined],
      ['nonsense', 1],
      ['constructor'],
      [Symbol('x')],
      ['track', 'early'],
    ]
    const page = await visit({ before: window => Object.assign(window, { clicktrail: { q } }) })
    page.leave()
    expect(actions(page)).toEqual(['early', 'page_view'])
  })
})

test.each([
  ["script-src 'self'", 'eval'],
  ["script-src 'self'; require-trusted-types-for 'script'", 'trusted-types-sink'],
])('works under the content security policy %s, violating nothing', async (policy, evil) => {
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}">`
  const violations: string[] = []
  const page = await visit({
    before: window =>
      window.document.addEventListener('securitypolicyviolation', event => violations.push(event.blockedURI)),
    html: '<button data-track="click">x</button>',
    tag: ownTags(`${meta}<script>window.inline = true</script><script src="/sdk/dist/stub.js"></script>${tracker}`),
  })
  expect(() => page.window.eval('1')).toThrow('Content Security Policy')
  page.document.querySelector('button')?.click()
  page.hide()
  await expect.poll(() => page.status().acknowledged).toBe(2)
  expect('inline' in page.window).toBe(false)
  expect(new Set(violations)).toEqual(new Set(['inline', evil]))
})

test('gives the name that identify() was given to all events after it, in batches of their own', async () => {
  const { window, sent, leave } = await visit()
  for (const name of ['ada', 'ada', 'bob', '']) {
    window.clicktrail.identify(name)
    window.clicktrail.track('click')
  }
  leave()
  const names = sent.map(({ batch }) => [batch.user || undefined, batch.n, batch.events.length])
  expect(names.sort((a, b) => Number(a[1]) - Number(b[1]))).toEqual([
    [undefined, 1, 1],
    ['ada', 2, 2],
    ['bob', 4, 1],
    [undefined, 5, 1],
  ])
})

test('begins a new tab and counts from 1 after 24 hours', async () => {
  const page = await visit()
  page.hide()
  await expect.poll(() => page.status().acknowledged).toBe(1)
  const now = Date.now()
  page.window.Date.now = () => now + 86_400_001
  page.window.clicktrail.track('next_day')
  page.leave()
  expect(new Set(page.sent.map(({ batch }) => batch.tab)).size).toBe(2)
  expect(page.events().map(({ n }) => n)).toEqual([1, 1])
})
