import { readFile } from 'node:fs/promises'
import { Hono } from 'hono'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it, test, vi } from 'vitest'
import { z } from 'zod'
import { createDashboard, type Dashboard } from '../../../dashboard/dashboard.ts'
import { type LandedFolder, landedFolder } from '../../support/landed-files.ts'
import { builtDashboard } from './built-dashboard.ts'

const logger = pino({ level: 'silent' })
let folder: LandedFolder
let built: { sqlWorker: string; pageDir: string }
let dashboard: Dashboard
let app: Hono

beforeAll(async () => {
  folder = await landedFolder()
  built = await builtDashboard()
  dashboard = createDashboard({ eventsDir: folder.dir, ...built, logger })
  app = new Hono().route('/dashboard', dashboard.app)
  await folder.land([{ properties: { color: 'red' }, action: 'color_click' }, {}])
  await vi.waitFor(async () => expect(await importedEvents()).toBe(2), { timeout: 20_000, interval: 50 })
}, 30_000)
afterAll(async () => {
  await dashboard.close()
  await folder.remove()
})

interface Ask {
  peer?: string | undefined
  headers?: Record<string, string>
  /** null: none. */
  connection?: string | null
  body?: string
  httpVersion?: string
  to?: Hono
}

async function ask(
  path: string,
  { peer = '127.0.0.1', headers = {}, connection = 'keep-alive', body, httpVersion = '1.1', to = app }: Ask = {},
): Promise<Response> {
  const init = body === undefined ? {} : { method: 'POST', body }
  const env = { incoming: { httpVersion, socket: { remoteAddress: peer } } }
  const sent = { host: '127.0.0.1:8080', ...(connection === null ? {} : { connection }), ...headers }
  return to.request(path, { ...init, headers: sent }, env)
}

const json = { 'content-type': 'application/json' }
const askSql = (sql: string, asked: Ask = {}) =>
  ask('/dashboard/api/sql', { body: JSON.stringify({ sql }), headers: json, ...asked })

async function importedEvents(): Promise<number> {
  const answer = z
    .object({ imported: z.object({ events: z.number() }) })
    .safeParse(await (await ask('/dashboard/api/status')).json())
  return answer.success ? answer.data.imported.events : -1
}

describe('the page', () => {
  test.each([
    ['/dashboard', 'dashboard/'],
    ['/dashboard/', './'],
  ])('is at %s, and its addresses start from %s', async (path, base) => {
    const answer = await ask(path)
    expect(answer.status).toBe(200)
    const html = await answer.text()
    expect(html).toContain('<title>Clicktrail</title>')
    expect(html).toContain(`<base href="${base}">`)
  })

  test.each([
    ['page.js', 'text/javascript', 'page.js'],
    ['style.css', 'text/css', 'page.css'],
  ])('has %s', async (name, type, file) => {
    const answer = await ask(`/dashboard/${name}`)
    expect(answer.headers.get('content-type')).toContain(type)
    expect(await answer.text()).toBe(await readFile(`${built.pageDir}/${file}`, 'utf8'))
  })

  it('has an icon and nothing else', async () => {
    expect((await ask('/dashboard/icon.svg')).headers.get('content-type')).toBe('image/svg+xml')
    expect((await ask('/dashboard/nothing')).status).toBe(404)
  })

  test.each(['/dashboard', '/dashboard/page.js', '/dashboard/api/status', '/dashboard/api/panel/overview'])(
    '%s lets nothing in from outside and nobody frame or read it',
    async path => {
      const { headers } = await ask(path, { headers: { origin: 'https://evil.example' } })
      const policy = headers.get('content-security-policy') ?? ''
      expect(policy).toContain("default-src 'self'")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).not.toContain('unsafe')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect([...headers.keys()].filter(name => name.startsWith('access-control'))).toEqual([])
    },
  )
})

describe('access', () => {
  test.each([
    ['another computer', { peer: '192.168.1.7' }],
    ['an unknown peer', { peer: '' }],
    ['a rebound name', { headers: { host: 'evil.example:8080' } }],
    ['a proxy', { headers: { 'x-forwarded-for': '203.0.113.9' } }],
    ['a proxy that names itself only', { headers: { via: '1.1 edge' } }],
    ['a proxy that says nothing, by its HTTP/1.0', { httpVersion: '1.0' }],
    ['a proxy that says nothing over HTTP/1.1, by having no Connection', { connection: null }],
    ['a proxy that says nothing over HTTP/1.1, by its Connection', { connection: 'close' }],
  ])('refuses %s everything, and says what to set', async (_, asked: Ask) => {
    for (const path of [
      '/dashboard',
      '/dashboard/page.js',
      '/dashboard/api/status',
      '/dashboard/api/panel/live',
      '/dashboard/api/letters',
    ]) {
      const answer = await ask(path, asked)
      expect(answer.status).toBe(403)
      const text = await answer.text()
      expect(text).toContain('CLICKTRAIL_DASHBOARD=public')
      expect(text).toContain("curl, add <code>-H 'Connection: keep-alive'</code>")
    }
    expect((await askSql('SELECT 1', { ...asked, headers: { ...json, ...asked.headers } })).status).toBe(403)
  })

  it('refuses a request without a socket', async () => {
    expect((await app.request('/dashboard', { headers: { host: 'localhost' } })).status).toBe(403)
  })

  it('lets everyone in when public, but no other site', async () => {
    const open = createDashboard({ eventsDir: folder.dir, ...built, publicAccess: true, logger })
    const to = new Hono().route('/dashboard', open.app)
    const outside = { peer: '203.0.113.9', to }
    expect((await ask('/dashboard', { ...outside, headers: { host: 'stats.example' } })).status).toBe(200)
    expect(
      (await askSql('SELECT 1', { ...outside, headers: { ...json, 'sec-fetch-site': 'cross-site' } })).status,
    ).toBe(403)
    await open.close()
  })

  test.each(['cross-site', 'same-site'])(
    'refuses every question that a %s page sends, but is linked to',
    async site => {
      const headers = { 'sec-fetch-site': site }
      expect((await askSql('SELECT 1', { headers: { ...json, ...headers } })).status).toBe(403)
      for (const name of ['status', 'letters', 'collector', 'panel/loss'])
        expect((await ask(`/dashboard/api/${name}`, { headers })).status).toBe(403)
      expect((await ask('/dashboard', { headers })).status).toBe(200)
    },
  )

  test.each(['same-origin', 'none'])('answers a browser that says %s', async site => {
    expect((await ask('/dashboard/api/status', { headers: { 'sec-fetch-site': site } })).status).toBe(200)
  })
})

describe('the panels', () => {
  it('show what has landed', async () => {
    expect(await (await ask('/dashboard/api/status')).json()).toMatchObject({
      imported: { files: 1, events: 2, failedFiles: 0, ready: true },
      sites: ['example'],
    })
    expect(await (await ask('/dashboard/api/panel/overview?range=all&site=example')).json()).toMatchObject({
      totals: { events: 2, views: 1 },
      colors: [{ name: 'red', count: 1 }],
    })
  })

  it('say that no collector runs beside them', async () => {
    expect(await (await ask('/dashboard/api/collector')).json()).toEqual({ available: false })
  })

  test.each([
    [404, 'nothing'],
    [400, 'overview?range=week2'],
    [400, 'overview?range=custom'],
    [400, 'overview?range=custom&from=2026-11-21T00:00:00Z&to=2026-11-20T00:00:00Z'],
    [400, 'overview?range=custom&from=yesterday&to=2026-11-20T00:00:00Z'],
    [400, 'pages?sql=1'],
    [400, `events?action=${'a'.repeat(1_025)}`],
  ])('answer %i to %.60s', async (status, question) => {
    const answer = await ask(`/dashboard/api/panel/${question}`)
    expect(answer.status).toBe(status)
    expect(await answer.json()).toMatchObject({ error: expect.any(String) })
  })
})

describe('what the dashboard is told', () => {
  it('has no dead letters unless it is given a way to them', async () => {
    expect(await (await ask('/dashboard/api/letters')).json()).toEqual({ available: false })
  })

  it('links to Kibana and Grafana where it knows them, and to nothing that is no page', async () => {
    const links = { kibana: 'https://kibana.example/app?a=1&b=2#/view', grafana: 'javascript:alert(1)' }
    const told = createDashboard({ eventsDir: folder.dir, ...built, links, logger })
    const html = await (await ask('/dashboard', { to: new Hono().route('/dashboard', told.app) })).text()
    await told.close()
    expect(html).toContain('<a href="https://kibana.example/app?a=1&amp;b=2#/view" rel="noopener">Kibana</a>')
    expect(html).not.toContain('Grafana')
  })
})

describe('the SQL box', () => {
  it('answers', async () => {
    expect(await (await askSql('SELECT count(*) AS n FROM events')).json()).toMatchObject({
      ok: true,
      columns: [{ name: 'n' }],
      rows: [['2']],
    })
  })

  it('reports what is wrong with a query', async () => {
    const answer = await askSql('SELECT nothing FROM events')
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ ok: false, error: expect.stringContaining('nothing') })
  })

  test.each([
    [415, 'text/plain', '{"sql":"SELECT 1"}'],
    [415, 'application/jsonp', '{"sql":"SELECT 1"}'],
    [400, 'application/json', '{'],
    [400, 'application/json', '{"sql":""}'],
    [400, 'application/json', '{"sql":1}'],
    [400, 'application/json; charset=utf-8', '{"sql":"SELECT 1","more":1}'],
    [413, 'application/json', JSON.stringify({ sql: ' '.repeat(70_000) })],
  ])('answers %i to %s %.20s', async (status, type, body) => {
    expect((await ask('/dashboard/api/sql', { headers: { 'content-type': type }, body })).status).toBe(status)
  })

  it('stops a query after 5 s, runs one at a time, and keeps what was imported', { timeout: 30_000 }, async () => {
    const began = performance.now()
    const slow = askSql(
      'SELECT count(*) FROM range(1000000) a, range(1000000) b, range(1000000) c WHERE a.range + b.range < c.range',
    )
    await vi.waitFor(async () => expect((await askSql('SELECT 1')).status).toBe(429))
    expect((await ask('/dashboard/api/panel/overview')).status).toBe(200)
    expect(await (await slow).json()).toMatchObject({ ok: false, error: expect.stringContaining('5 seconds') })
    expect(performance.now() - began).toBeGreaterThan(4_900)
    expect(performance.now() - began).toBeLessThan(15_000)
    expect(await (await askSql('SELECT count(*) FROM events')).json()).toMatchObject({ ok: true, rows: [['2']] })
  })
})
