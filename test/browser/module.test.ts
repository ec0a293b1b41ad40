import { afterEach, expect, test } from 'vitest'
import type * as Sdk from '../../sdk/index.ts'
import { ownTags } from './own-tags.ts'
import { endVisits, type Visit, type VisitOptions, visit } from './visit.ts'

declare global {
  interface Window {
    /** The ES module, in the pages of this file. */
    sdk: typeof Sdk
  }
}

afterEach(endVisits)

const actions = (page: Visit) => page.events().map(({ action }) => action)

/** A page that imports the ES module. */
async function importing(options: VisitOptions = {}): Promise<Visit & { sdk: typeof Sdk }> {
  const code = "import * as sdk from '/sdk/dist/index.js'; window.sdk = sdk"
  const page = await visit({ ...options, tag: ownTags(`<script type="module">${code}</script>`) })
  return { ...page, sdk: page.window.sdk }
}

test('does nothing before init, and then what the script does', async () => {
  const page = await importing({ html: '<button data-track="click">x</button>' })
  page.document.querySelector('button')?.click()
  page.hide()
  expect([page.sent, 'clicktrail' in page.window]).toEqual([[], false])
  const { track } = page.sdk.init({ site: 'example' })
  track('bought', { price: 3 })
  page.document.querySelector('button')?.click()
  page.window.history.pushState({}, '', '/shop')
  page.leave()
  const events = page.events().sort((a, b) => a.n - b.n)
  expect(events.map(({ n, action }) => [n, action])).toEqual([
    [1, 'page_view'],
    [2, 'bought'],
    [3, 'click'],
    [4, 'page_view'],
  ])
})

test('posts to the page’s own origin unless told otherwise', async () => {
  const page = await importing()
  page.sdk.init({ site: 'example' })
  page.leave()
  expect(page.sent[0]?.url.href).toMatch(`${location.origin}/v1/events?age=`)
})

test('lets beforeSend see, alter and leave out every event, page views and clicks too', async () => {
  const page = await importing({ html: '<button data-track="click" data-track-color="red">x</button>' })
  const seen: unknown[] = []
  page.sdk.init({
    site: 'example',
    beforeSend(event) {
      seen.push({ ...event })
      if (event.action === 'secret') return null
      if (event.action === 'nothing') return undefined
      if (event.action === 'click') return { action: 'press', properties: { ...event.properties, more: 1 } }
      return event
    },
  })
  page.sdk.track('secret', { a: 1 })
  page.sdk.track('nothing')
  page.document.querySelector('button')?.click()
  page.leave()
  expect(seen).toEqual([
    { action: 'page_view' },
    { action: 'secret', properties: { a: 1 } },
    { action: 'nothing' },
    { action: 'click', properties: { color: 'red' } },
  ])
  expect(page.events().map(({ n, action, properties }) => [n, action, properties])).toEqual([
    [1, 'page_view', undefined],
    [2, 'press', { color: 'red', more: 1 }],
  ])
})

test('leaves out an event at which beforeSend throws, and the page feels nothing', async () => {
  const page = await importing()
  page.sdk.init({
    site: 'example',
    beforeSend(event) {
      if (event.action === 'bad') throw new Error('the website’s own')
      return event
    },
  })
  page.sdk.track('bad')
  page.sdk.track('good')
  page.leave()
  expect(page.events().map(({ n, action }) => [n, action])).toEqual([
    [1, 'page_view'],
    [2, 'good'],
  ])
})

test('makes trackers that know nothing of each other: own site, tab, numbers and name', async () => {
  const page = await importing()
  page.sdk.init({ site: 'first' })
  const second = page.sdk.createTracker()
  const third = page.sdk.createTracker()
  second.init({ site: 'second', endpoint: 'https://second.example/in' })
  second.identify('ada')
  second.track('only_here')
  third.track('never_started')
  page.leave()
  const sent = page.sent.map(({ url, batch }) => [url.host, batch.site, batch.n, batch.events.length, batch.user])
  expect(sent.sort((a, b) => `${a[1]}${a[2]}`.localeCompare(`${b[1]}${b[2]}`))).toEqual([
    [location.host, 'first', 1, 1, undefined],
    ['second.example', 'second', 1, 1, undefined],
    ['second.example', 'second', 2, 1, 'ada'],
  ])
  const tabs = (site: string) => page.sent.flatMap(({ batch }) => (batch.site === site ? [batch.tab] : []))
  expect(new Set(tabs('second')).size).toBe(1)
  expect(tabs('second')).not.toContain(tabs('first')[0])
})

test('all trackers of a page obey the visitor’s one choice', async () => {
  const page = await importing()
  page.sdk.init({ site: 'first' })
  const second = page.sdk.createTracker()
  second.init({ site: 'second' })
  page.sdk.optOut()
  expect(second.status()?.blocked).toBe('optOut')
  second.track('click')
  page.leave()
  expect(page.sent).toEqual([])
})

test('a second tracker stops in the middle of its batches when the visitor refuses', async () => {
  let answer = (_: Response) => {}
  const page = await importing({ reply: () => new Promise(resolve => (answer = resolve)) })
  const second = page.sdk.createTracker()
  second.init({ site: 'second', endpoint: 'https://second.example/in' })
  second.identify('ada')
  second.track('held')
  second.flush()
  expect(page.sent).toHaveLength(1)
  page.sdk.optOut()
  answer(new Response(null, { status: 204 }))
  await expect.poll(() => second.status()?.acknowledged).toBe(1)
  await new Promise(resolve => setTimeout(resolve, 300))
  page.leave()
  expect(page.sent).toHaveLength(1)
})

test('shows beforeSend what is tracked while consent is awaited once', async () => {
  const page = await importing()
  const seen: string[] = []
  page.sdk.track('before')
  page.sdk.init({
    site: 'example',
    consent: 'wait',
    beforeSend(event) {
      seen.push(event.action)
      return event
    },
  })
  page.sdk.track('meanwhile')
  page.sdk.optIn()
  expect(seen).toEqual(['before', 'meanwhile', 'page_view'])
  page.leave()
  expect(new Set(actions(page))).toEqual(new Set(seen))
})

test('dumps all that status() tells as text', async () => {
  const page = await importing()
  page.sdk.init({ site: 'example' })
  page.sdk.track('bought', { price: 3 })
  expect(JSON.parse(page.sdk.dump())).toMatchObject({
    site: 'example',
    n: 1,
    queue: [{ action: 'page_view' }, { action: 'bought', properties: { price: 3 } }],
    kept: [],
    acknowledged: 0,
    dropped: {},
  })
  page.hide()
  await expect.poll(() => page.sdk.status()?.acknowledged).toBe(2)
  expect(actions(page)).toEqual(['page_view', 'bought'])
})
