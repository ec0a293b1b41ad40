import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { landedLine } from '../../support/landed-files.ts'
import { type ServedDashboard, servedDashboard, someRefused } from './opened-page.ts'

/** What Chromium calls its language where the environment has `LANG=C`: no language tag (BCP 47). */
const locale = 'en-US@posix'
const nowMs = Date.now()
const minute = 60_000
let served: ServedDashboard

beforeAll(async () => {
  served = await servedDashboard({ collector: async () => someRefused })
}, 60_000)
afterAll(() => served.close(), 60_000)

test('the page explains that it is empty, and shows what lands', { timeout: 60_000 }, async () => {
  const { page, complaints } = await served.open()
  await page.getByText('No events yet').waitFor()
  await served.folder.land([
    { timeMs: nowMs - minute, action: 'buy', properties: { price: 3, color: 'red' } },
    { timeMs: nowMs - 2 * minute, action: 'buy', properties: { price: -5 }, path: '/shop' },
    { timeMs: nowMs - 3 * 24 * 60 * minute, path: '=1+1' },
  ])
  await page.locator('#total-events', { hasText: '2' }).waitFor()
  expect(await page.getByText('No events yet').isVisible()).toBe(false)
  expect(complaints).toEqual([])
})

test('the chart is there though Intl refuses the language of the browser', { timeout: 60_000 }, async () => {
  const { page, complaints } = await served.open('', { locale })
  await page.locator('#chart canvas').waitFor({ timeout: 10_000 })
  expect(complaints).toEqual([])
  await page.goto('about:blank')
  expect(await page.evaluate('navigator.language')).toBe(locale)
})

test('by keyboard alone one chooses a time, a total and a room, and the address keeps all of it', {
  timeout: 60_000,
}, async () => {
  const { page } = await served.open()
  await page.getByRole('radio', { name: '24 h' }).focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  await page.locator('#total-events', { hasText: '3' }).waitFor()
  await page.getByRole('button', { name: /Page views/ }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Page views each hour' }).waitFor()
  expect(new URL(page.url()).hash).toBe('#overview?range=week&metric=views')

  await page.reload()
  await page.getByRole('heading', { name: 'Page views each hour' }).waitFor()
  await page.getByRole('link', { name: 'buy' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Properties of buy' }).waitFor()
  await page.getByRole('link', { name: 'price' }).click()
  await page.getByText('from -5 to 3').waitFor()
  await page.goBack()
  await page.waitForURL(url => !url.hash.includes('property'))
  await page.getByRole('navigation').getByRole('link', { name: 'Pages' }).click()
  expect(new URL(page.url()).hash).toBe('#pages?range=week')
})

test('a custom time is one of the address, and an end before its beginning is refused', {
  timeout: 60_000,
}, async () => {
  const { page } = await served.open('', { timezoneId: 'Asia/Seoul' })
  await page.getByRole('radio', { name: 'Custom' }).check({ force: true })
  await page.waitForURL(/range=custom&from=.*Z&to=.*Z/)
  await page.fill('#from', '2026-01-01T09:00')
  await page.waitForURL(/from=2026-01-01T00%3A00%3A00.000Z/)
  const before = page.url()
  await page.fill('#to', '2025-01-01T09:00')
  expect(await page.evaluate("document.getElementById('to').validationMessage")).toContain('after the beginning')
  expect(page.url()).toBe(before)
})

test('a table is saved as CSV that no spreadsheet runs', { timeout: 60_000 }, async () => {
  const { page } = await served.open('#pages?range=week')
  await page.getByText('=1+1').waitFor()
  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: 'CSV' }).first().click()
  const download = await saved
  expect(download.suggestedFilename()).toBe('clicktrail-pages.csv')
  expect(await readFile(await download.path(), 'utf8')).toContain(`"shop.example","'=1+1",1,1\r\n`)
})

test('the SQL box answers, says what is wrong, remembers, and never runs what a link brings', {
  timeout: 60_000,
}, async () => {
  const { page } = await served.open(`#sql?sql=${encodeURIComponent("SELECT 'linked' AS word")}`)
  await page.locator('#run').waitFor()
  expect(await page.inputValue('#sql')).toBe("SELECT 'linked' AS word")
  await page.getByRole('button', { name: 'Completeness per partition' }).click()
  await page.getByRole('columnheader', { name: 'missing' }).waitFor()
  expect(await page.getByText('linked', { exact: true }).count()).toBe(0)
  await page.fill('#sql', "SELECT * FROM read_csv('/etc/passwd')")
  await page.getByRole('button', { name: 'Run' }).click()
  await page.getByRole('alert').waitFor()
  expect(await page.getByRole('alert').textContent()).toContain('read_csv')

  await page.reload()
  await page.selectOption('#history', { index: 2 })
  expect(await page.inputValue('#sql')).toContain('FROM completeness')
  await page.getByRole('button', { name: 'Forget' }).click()
  expect(await page.locator('#history').isVisible()).toBe(false)
})

test('a query is given up when its room is left', { timeout: 60_000 }, async () => {
  const { page } = await served.open('#sql')
  await page.fill('#sql', 'SELECT count(*) FROM range(1e15::BIGINT) WHERE range % 7 = 3')
  await Promise.all([page.waitForRequest(/api\/sql/), page.getByRole('button', { name: 'Run' }).click()])
  const givenUp = page.waitForEvent('requestfailed', request => request.url().endsWith('/api/sql'))
  await page.getByRole('link', { name: 'Overview' }).click()
  expect((await givenUp).failure()?.errorText).toContain('ABORTED')
})

test('the live room shows an event when it lands, and stands still while it is paused', {
  timeout: 60_000,
}, async () => {
  const { page } = await served.open('#live?range=all')
  await page.locator('#latest tbody tr').first().waitFor()
  await served.folder.land([{ timeMs: nowMs, action: 'landed_now' }])
  await page.locator('#latest tr.new', { hasText: 'landed_now' }).waitFor()
  await page.getByRole('button', { name: 'Pause' }).click()
  await served.folder.land([{ timeMs: nowMs, action: 'landed_later' }])
  await page.waitForResponse(
    async response => /status/.test(response.url()) && (await response.text()).includes('"events":5'),
  )
  expect(await page.getByText('landed_later').count()).toBe(0)
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.getByText('landed_later').waitFor()
})

test('loss and completeness are said in a sentence, and dead letters have a command where there is no way to them', {
  timeout: 60_000,
}, async () => {
  const { page } = await served.open('#loss?range=all')
  await page.locator('#lost', { hasText: 'From the click to the files' }).waitFor()
  await page.locator('#complete', { hasText: 'complete. 5 rows landed' }).waitFor()
  await page.getByText('Nothing is missing in this time.').waitFor()
  await page.getByRole('link', { name: 'Dead letters' }).click()
  await page.getByText('clicktrail -- dlq list').waitFor()
})

test('the loss room opens with what was lost since yesterday, on which page, and what the collector refused', {
  timeout: 60_000,
}, async () => {
  const yesterday = new Date(nowMs)
  yesterday.setHours(-24, 0, 0, 0)
  const shopped = (offset: number, timeMs: number) =>
    landedLine({ offset, timeMs, path: '/basket' }).replace('"site":"example"', '"site":"shop"')
  const midnight = yesterday.getTime()
  // The tab's numbers 3 to 5 never came, and its first one is of the day before.
  await served.folder.land([shopped(50, midnight - 60 * minute), shopped(51, midnight), shopped(55, midnight)])
  const { page } = await served.open('#loss?site=shop')
  await page.locator('#lost', { hasText: '3 of 5 events' }).waitFor()
  expect(await page.getByRole('radio', { name: 'Since yesterday' }).isChecked()).toBe(true)
  expect(await page.locator('#lost').textContent()).toMatch(/since .*00:00/)
  expect(await page.locator('#lost-pages tbody tr').allTextContents()).toEqual([
    expect.stringMatching(/^\/basketshop3.*00:00$/),
  ])
  await page.getByText(/Since its process started, .*\d\d:\d\d: 4,000 events acknowledged/).waitFor()
  expect(await page.locator('#collector tbody tr').allTextContents()).toEqual([
    'Requests refusedlimited12',
    'Requests not looked atthe visitor refuses (GPC)0',
  ])
})

test('where bots count anyway, nobody is asked about them', { timeout: 60_000 }, async () => {
  const { page } = await served.open('#overview')
  const people = page.getByRole('checkbox', { name: 'without bots' })
  await people.check()
  await page.getByRole('link', { name: 'Loss' }).click()
  await people.waitFor({ state: 'hidden' })
  await page.getByRole('link', { name: 'Overview' }).click()
  await people.waitFor()
  expect(await people.isChecked()).toBe(true)
})

test('a server that does not answer is said, and what was shown stays', { timeout: 60_000 }, async () => {
  const { page } = await served.open('#overview?range=all')
  await page.locator('#total-events', { hasText: '8' }).waitFor()
  await page.route('**/api/**', route => route.abort())
  await page.getByText('The dashboard has no answer').waitFor()
  expect(await page.locator('#total-events').textContent()).toBe('8')
  await page.unroute('**/api/**')
  await page.getByText('The dashboard has no answer').waitFor({ state: 'hidden' })
})

test.each(['light', 'dark'] as const)(
  'in %s colors text is readable, and no room is wider than a phone',
  { timeout: 60_000 },
  async colorScheme => {
    const { page } = await served.open('#overview?range=all', { colorScheme, viewport: { width: 360, height: 740 } })
    for (const room of ['overview', 'pages', 'events', 'audience', 'live', 'loss', 'letters', 'sql']) {
      await page.goto(`${served.url}#${room}?range=all`)
      await page.locator(`#room[data-room="${room}"][aria-busy="false"]`).waitFor()
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
    }
    const [ground, text] = await page.evaluate<[string, string]>(
      "['backgroundColor', 'color'].map(name => getComputedStyle(document.body)[name])",
    )
    expect([lightnessOf(ground) > 128, lightnessOf(text) > 128]).toEqual(
      colorScheme === 'light' ? [true, false] : [false, true],
    )
  },
)

function lightnessOf(color: string): number {
  const [red = 0, green = 0, blue = 0] = (color.match(/\d+/g) ?? []).map(Number)
  return (red + green + blue) / 3
}
