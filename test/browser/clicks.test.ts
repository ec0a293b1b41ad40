import { afterEach, expect, test } from 'vitest'
import { page as browser, userEvent } from 'vitest/browser'
import { endVisits, type Visit, visit } from './visit.ts'

afterEach(endVisits)

const html = `<button id="red" data-track="color_click" data-track-color-name="red" data-track-level="3"><b>Red</b></button>
  <button id="plain">Plain</button><a id="empty" data-track="">x</a>`

/** What was recorded besides the page view: actions and properties. */
function recorded(page: Visit): unknown[] {
  page.leave()
  return page
    .events()
    .slice(1)
    .map(({ action, properties }) => [action, properties])
}

const red = ['color_click', { color_name: 'red', level: '3' }]

/** A click that the visited page can see but that goes nowhere. */
function click(element: Element | null, type = 'click', init: MouseEventInit = {}): void {
  const realm = element?.ownerDocument.defaultView ?? window
  element?.dispatchEvent(new realm.MouseEvent(type, { bubbles: true, composed: true, cancelable: true, ...init }))
}

/** Keeps the visited page where it is. */
const stay = ({ window }: Visit) => window.addEventListener('click', event => event.preventDefault())

test('records a click inside an element with data-track, all values as strings', async () => {
  const page = await visit({ html })
  page.document.querySelector('b')?.click()
  expect(recorded(page)).toEqual([red])
})

test('records no other clicks', async () => {
  const page = await visit({ html })
  for (const element of page.document.querySelectorAll<HTMLElement>('#plain, #empty, body')) element.click()
  expect(recorded(page)).toEqual([])
})

test('records the innermost of nested elements alone', async () => {
  const page = await visit({ html: '<div data-track="outer"><p data-track="inner"><i>x</i></p><b>y</b></div>' })
  page.document.querySelector('i')?.click()
  page.document.querySelector('b')?.click()
  expect(recorded(page)).toEqual([
    ['inner', {}],
    ['outer', {}],
  ])
})

test('records clicks in open shadow roots, nested ones too, and on what holds them', async () => {
  const page = await visit({ html: '<div id="outer" data-track="host"></div>' })
  const outer = page.document.getElementById('outer')?.attachShadow({ mode: 'open' })
  if (!outer) throw new Error('no shadow root')
  outer.innerHTML = '<p></p><i></i>'
  const inner = outer.querySelector('p')?.attachShadow({ mode: 'open' })
  if (!inner) throw new Error('no shadow root')
  inner.innerHTML = '<button data-track="deep" data-track-a-b="1"><b>x</b></button>'
  inner.querySelector('b')?.click()
  outer.querySelector('i')?.click()
  expect(recorded(page)).toEqual([
    ['deep', { a_b: '1' }],
    ['host', {}],
  ])
})

test('records clicks on SVG', async () => {
  const svg = '<svg><g data-track="shape" data-track-kind="round"><circle r="9"/></g></svg>'
  const page = await visit({ html: svg, tag: 'data-site="example" data-outbound="true"' })
  click(page.document.querySelector('circle'))
  expect(recorded(page)).toEqual([['shape', { kind: 'round' }]])
})

test.each([
  ['button', '{Enter}'],
  ['button', ' '],
  ['a', '{Enter}'],
])('records that a visitor activates a %s by the key "%s"', async (name, key) => {
  const page = await visit({ html: `<${name} href="#there" data-track="activated">x</${name}>` })
  page.document.querySelector<HTMLElement>(name)?.focus()
  await userEvent.keyboard(key)
  expect(recorded(page)).toEqual([['activated', {}]])
})

test('records real clicks of the left and the middle button, not of the right one', async () => {
  const page = await visit({ html })
  const frame = document.querySelector('iframe')
  if (!frame) throw new Error('no frame')
  const button = browser.frameLocator(browser.elementLocator(frame)).getByText('Red')
  for (const which of ['left', 'middle', 'right'] as const) await userEvent.click(button, { button: which })
  expect(recorded(page)).toEqual([red, red])
})

test.each([3, 4])('does not record the button %i', async button => {
  const page = await visit({ html })
  click(page.document.querySelector('b'), 'auxclick', { button })
  expect(recorded(page)).toEqual([])
})

test('records a click that the page stops as early as it can, and lets the page have it', async () => {
  const page = await visit({ html })
  const button = page.document.getElementById('red')
  let seen = 0
  page.document.addEventListener('click', event => event.stopPropagation())
  const ours = (event: Event) => {
    seen++
    event.stopImmediatePropagation()
  }
  button?.addEventListener('click', ours, { capture: true })
  button?.click()
  expect(seen).toBe(1)
  expect(recorded(page)).toEqual([red])
})

test('neither prevents nor stops a click or what it does', async () => {
  const page = await visit({ html: '<input type="checkbox" data-track="choice">' })
  let prevented: boolean | undefined
  page.document.addEventListener('click', event => {
    prevented = event.defaultPrevented
  })
  page.document.querySelector('input')?.click()
  expect([page.document.querySelector('input')?.checked, prevented]).toEqual([true, false])
})

const links = `<a id="out" href="https://user.example/shop?secret=1#top"><b>x</b></a> <a id="home" href="/there">x</a>
  <a id="mail" href="mailto:ada@user.example">x</a> <a id="code" href="javascript:void 0">x</a> <a id="tel" href="tel:1">x</a>
  <a id="none">x</a> <a id="both" href="https://user.example/" data-track="offer">x</a>
  <svg><a id="vector" href="https://user.example/"><circle r="9"/></a></svg>`

test('records clicks on links to other hosts, without the query, where the website wants them', async () => {
  const page = await visit({ html: links, tag: 'data-site="example" data-outbound="true"' })
  stay(page)
  page.document.querySelector<HTMLElement>('#out b')?.click()
  click(page.document.querySelector('#out'), 'auxclick', { button: 1 })
  click(page.document.querySelector('#out'), 'auxclick', { button: 2 })
  const outbound = ['outbound_click', { url: 'https://user.example/shop' }]
  expect(recorded(page)).toEqual([outbound, outbound])
})

test('records the own event of a link to another host too', async () => {
  const page = await visit({ html: links, tag: 'data-site="example" data-outbound="true"' })
  stay(page)
  page.document.querySelector<HTMLElement>('#both')?.click()
  expect(recorded(page)).toEqual([
    ['offer', {}],
    ['outbound_click', { url: 'https://user.example/' }],
  ])
})

test.each(['#home', '#mail', '#code', '#tel', '#none', '#vector circle'])(
  'records no outbound click of %s',
  async id => {
    const page = await visit({ html: links, tag: 'data-site="example" data-outbound="true"' })
    stay(page)
    click(page.document.querySelector(id))
    expect(recorded(page)).toEqual([])
  },
)

test('records no outbound clicks unless the website wants them', async () => {
  const page = await visit({ html: links })
  stay(page)
  page.document.getElementById('out')?.click()
  expect(recorded(page)).toEqual([])
})

test.each(['dataset', 'attributes', 'href'])('takes no harm from a form whose field is named %s', async name => {
  const html = `<form data-track="form"><input name="${name}"><i>x</i></form><b data-track="other">x</b>`
  const page = await visit({ html, tag: 'data-site="example" data-outbound="true"' })
  page.document.querySelector('i')?.click()
  page.document.querySelector('b')?.click()
  expect(recorded(page).at(-1)).toEqual(['other', {}])
})
