import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { chromiumLaunch } from '../support/chromium.ts'
import { type ListeningCollector, startListeningCollector } from '../support/listening-collector.ts'
import { until } from '../support/until.ts'

/** Pages of two origins, one of which is on the list; the collector is of a third. */
let pages: Server
let listed: string
let unlisted: string
let browser: Browser
let page: Page
let server: ListeningCollector
/** A collector whose topic is not known. */
let unready: ListeningCollector

beforeAll(async () => {
  pages = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>page</title>')
  }).listen(0)
  await once(pages, 'listening')
  const address = pages.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  listed = `http://127.0.0.1:${address.port}`
  unlisted = `http://localhost:${address.port}`
  server = await startListeningCollector({ collector: { origins: [listed] } })
  unready = await startListeningCollector({
    fake: { partitions: 0 },
    collector: { origins: [listed], deadlineMs: 100 },
  })
  browser = await chromium.launch(await chromiumLaunch())
  page = await browser.newPage()
})
afterAll(async () => {
  await browser.close()
  await Promise.all([server.close(), unready.close()])
  pages.close()
})
afterEach(() => server.takeRecords())

interface Post {
  url: string
  type: string
  body?: string
  keepalive?: boolean
}

const valid = '{"site":"s","events":[{"action":"a"}]}'

/** What a script of the page sees of its request. */
async function post(from: string, { url, type, body = valid, keepalive = false }: Post) {
  await page.goto(from)
  return page.evaluate(
    async options => {
      try {
        const headers = { 'Content-Type': options.type }
        const { body, keepalive } = options
        const response = await fetch(options.url, { method: 'POST', headers, body, keepalive })
        return { status: response.status, text: await response.text(), retryAfter: response.headers.get('Retry-After') }
      } catch (error) {
        return { status: 0, text: String(error), retryAfter: null }
      }
    },
    { url, type, body, keepalive },
  )
}

const events = () => `${server.url}/v1/events`
const actions = () => server.takeRecords().map(({ event }) => event.action)

describe('a page of a listed origin', () => {
  test.each(['text/plain', 'application/json'])('sends %s', async type => {
    expect(await post(listed, { url: events(), type })).toMatchObject({ status: 204 })
    expect(actions()).toEqual(['a'])
  })

  test('reads what is wrong, and which events were refused', async () => {
    const bad = await post(listed, { url: events(), type: 'text/plain', body: '{' })
    expect(bad).toMatchObject({ status: 400, text: expect.stringContaining('not JSON') })
    const body = '{"site":"s","events":[{"action":"a"},{}]}'
    const partial = await post(listed, { url: events(), type: 'text/plain', body })
    expect(partial).toMatchObject({ status: 200, text: expect.stringContaining('"index":1') })
  })

  test('reads when to come again', async () => {
    const seen = await post(listed, { url: `${unready.url}/v1/events`, type: 'text/plain' })
    expect(seen).toMatchObject({ status: 503, retryAfter: expect.stringMatching(/^[1-9]\d*$/) })
  })

  test('sends with keepalive while it is left', async () => {
    await page.goto(listed)
    // As text: these are the page's globals, not those of this file.
    const options = JSON.stringify({ method: 'POST', body: valid, keepalive: true })
    await page.evaluate(`addEventListener('pagehide', () => void fetch(${JSON.stringify(events())}, ${options}))`)
    await page.goto('about:blank')
    const found: string[] = []
    await until(() => found.push(...actions()) > 0, { what: 'the event of the page that was left', timeoutMs: 10_000 })
    expect(found).toEqual(['a'])
  })
})

describe('a page of an unlisted origin', () => {
  test.each(['text/plain', 'application/json'])('can’t send %s, nor read the answer', async type => {
    expect(await post(unlisted, { url: events(), type })).toMatchObject({
      status: 0,
      text: expect.stringContaining('Failed'),
    })
    expect(actions()).toEqual([])
  })
})

test('a sandboxed frame of a listed page has the null origin, and can’t send', async () => {
  await page.goto(listed)
  const script = `fetch(${JSON.stringify(events())}, { method: 'POST', body: ${JSON.stringify(valid)} })
    .then(({ status }) => parent.postMessage(status, '*'), () => parent.postMessage('refused', '*'))`
  const seen = await page.evaluate(`new Promise(resolve => {
    addEventListener('message', ({ data, origin }) => resolve([data, origin]), { once: true })
    const frame = document.createElement('iframe')
    frame.setAttribute('sandbox', 'allow-scripts')
    frame.srcdoc = ${JSON.stringify(`<script>${script}</script>`).replace('</', '<\\/')}
    document.body.append(frame)
  })`)
  expect([seen, actions()]).toEqual([['refused', 'null'], []])
})
