import { readFileSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { chromiumLaunch } from '../support/chromium.ts'
import { type ListeningCollector, startListeningCollector } from '../support/listening-collector.ts'
import { until } from '../support/until.ts'

const built = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url))

let browser: Browser
let page: Page
let server: ListeningCollector
/** What the page complained about: its own scripts, style and policy have to fit together. */
const complaints: string[] = []

beforeAll(async () => {
  const privacy = {
    path: '/privacy',
    controls: built('dist/privacy/controls.js'),
    retention: '90 days',
    contact: 'privacy@shop.example',
  }
  const script = built('sdk/dist/clicktrail.js')
  server = await startListeningCollector({ collector: { privacy, script, ip: 'cut' } })
  browser = await chromium.launch(await chromiumLaunch())
  page = await browser.newPage({ viewport: { width: 360, height: 740 } })
  page.on('console', message => complaints.push(message.text()))
  page.on('pageerror', error => complaints.push(error.message))
  await page.route('**/website/*', route => {
    const body =
      '<!doctype html><title>A website</title><script defer src="/clicktrail.js" data-site="example"></script>'
    return route.fulfill({ contentType: 'text/html', body })
  })
})
afterAll(async () => {
  await browser.close()
  await server.close()
})

const pages = () => server.takeRecords().map(({ url }) => url?.path)
/** Leaves the website again, upon which all that it has recorded is sent. */
async function visitWebsite(path: string) {
  await page.goto(`${server.url}/website/${path}`)
  await page.goto('about:blank')
}

test('a visitor refuses on the page and comes back, which the website on its origin obeys; the page itself records nothing', async () => {
  await page.goto(`${server.url}/privacy`)
  await page.getByText('You have not refused.').waitFor()
  await page.getByRole('button', { name: 'Refuse' }).click()
  await page.getByText('You have refused').waitFor()
  await visitWebsite('refused')
  await page.goto(`${server.url}/privacy`)
  await page.getByRole('button', { name: 'Allow' }).click()
  await page.getByText('You have allowed it.').waitFor()
  await visitWebsite('allowed')
  const seen: unknown[] = []
  await until(() => seen.push(...pages()) > 0, { what: 'the page view after the refusal was taken back' })
  expect(seen).toEqual(['/website/allowed'])
  expect(complaints).toEqual([])
})

/** As text: no DOM is known here. */
const widths = '[document.documentElement.scrollWidth, document.documentElement.clientWidth]'

test('fits a phone, in dark too', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.goto(`${server.url}/privacy`)
    await page.getByRole('button', { name: 'Delete it' }).waitFor()
    const [wide, seen] = z.tuple([z.number(), z.number()]).parse(await page.evaluate(widths))
    expect(wide).toBe(seen)
  }
})

test('is read without scripts', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false })
  const plain = await context.newPage()
  await plain.goto(`${server.url}/privacy`)
  const text = await plain.locator('main').innerText()
  for (const part of ['client.ip', '90 days', 'privacy@shop.example', 'need JavaScript', 'CLICKTRAIL_IP=cut']) {
    expect(text).toContain(part)
  }
  await context.close()
})
