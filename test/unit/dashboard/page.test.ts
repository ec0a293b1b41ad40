import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { pino } from 'pino'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDashboard, type Dashboard } from '../../../dashboard/dashboard.ts'
import { chromiumLaunch } from '../../support/chromium.ts'
import { type LandedFolder, landedFolder } from '../../support/landed-files.ts'
import { builtDashboard } from './built-dashboard.ts'

const attack = `window.hacked = true`
const payloads = [
  `<script>${attack}</script>`,
  `<img src=x onerror="${attack}">`,
  `"><svg onload=${attack}>`,
  `'-${attack}-'`,
  `javascript:${attack}`,
  `</td></tr></table><iframe srcdoc="<script>parent.hacked=true</script>">`,
  `<a href="javascript:${attack}" autofocus onfocus=${attack}>x</a>`,
  `{{constructor.constructor('${attack}')()}}`,
]

/** What Chromium calls its language where the environment has `LANG=C`: no language tag (BCP 47). */
const locale = 'en-US@posix'

let folder: LandedFolder
let dashboard: Dashboard
let server: ReturnType<typeof serve>
let browser: Browser
let url: string

beforeAll(async () => {
  folder = await landedFolder()
  dashboard = createDashboard({ eventsDir: folder.dir, ...(await builtDashboard()), logger: pino({ level: 'silent' }) })
  const app = new Hono().route('/dashboard', dashboard.app)
  url = await new Promise(resolve => {
    server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
      resolve(`http://127.0.0.1:${port}/dashboard`),
    )
  })
  browser = await chromium.launch(await chromiumLaunch())
}, 60_000)
afterAll(async () => {
  await browser.close()
  await dashboard.close()
  server.close()
  await folder.remove()
})

/** Opens the page and collects what the browser complains about, refused scripts included. */
async function open(): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage({ locale })
  const complaints: string[] = []
  page.on('console', message => void complaints.push(message.text()))
  page.on('pageerror', error => void complaints.push(error.message))
  page.on('request', request => {
    if (!request.url().startsWith(url)) complaints.push(`request to ${request.url()}`)
  })
  await page.goto(url)
  return { page, complaints }
}

test('the page explains that it is empty, shows what lands, and keeps every stored payload text', {
  timeout: 60_000,
}, async () => {
  const { page, complaints } = await open()
  await page.getByText('No events yet').waitFor()
  const timeMs = Date.now()
  await folder.land(
    payloads.map(text => ({
      timeMs,
      path: text,
      browser: text,
      title: text,
      user: { name: text },
      properties: { color: text, [text]: text },
    })),
  )
  await page.locator('#total-events', { hasText: String(payloads.length) }).waitFor()
  expect(await page.getByText('No events yet').isVisible()).toBe(false)

  await page.fill('#sql', 'SELECT url.path, page.title, properties FROM events')
  await page.press('#sql', 'Control+Enter')
  await page.locator('#sql-answer tbody tr').first().waitFor()

  for (const place of ['#colors', '#pages', '#browsers', '#latest', '#sql-answer'])
    for (const text of payloads) expect(await page.locator(place).textContent()).toContain(text)
  expect(await page.locator('main').locator('script, iframe, svg, img, [onerror], [onload], [onfocus]').count()).toBe(0)
  expect(await page.evaluate('window.hacked')).toBeUndefined()
  expect(complaints).toEqual([])
})

test('the chart is there though Intl refuses the language of the browser', { timeout: 60_000 }, async () => {
  const { page, complaints } = await open()
  await page.locator('#chart canvas').waitFor({ timeout: 10_000 })
  expect(complaints).toEqual([])
  await page.goto('about:blank')
  expect(await page.evaluate('navigator.language')).toBe(locale)
})

test('a ready query is run by one press, and a wrong one is answered with what is wrong', {
  timeout: 60_000,
}, async () => {
  const { page } = await open()
  await page.getByRole('button', { name: 'Completeness per partition' }).click()
  await page.getByRole('columnheader', { name: 'missing' }).waitFor()
  await page.fill('#sql', "SELECT * FROM read_csv('/etc/passwd')")
  await page.getByRole('button', { name: 'Run' }).click()
  await page.getByRole('alert').waitFor()
  expect(await page.getByRole('alert').textContent()).toContain('read_csv')
})

test('the page asks again by itself', { timeout: 60_000 }, async () => {
  const { page } = await open()
  const overviews = async () => page.waitForResponse(response => response.url().includes('/api/overview'))
  expect((await overviews()).status()).toBe(200)
  expect((await overviews()).status()).toBe(200)
})
