import { afterEach, expect, test } from 'vitest'
import { ownTags } from './own-tags.ts'
import { endVisits, type Visit, type VisitOptions, visit } from './visit.ts'

afterEach(endVisits)

const controls = '<div id="clicktrail-privacy"></div><script defer src="/dist/privacy/controls.js"></script>'
const away = () => new Response(null, { status: 503, headers: { 'retry-after': '60' } })
const stored = () => [...Object.keys(localStorage), ...Object.keys(sessionStorage)].sort()

/** A page of a website that has the controls. */
const visited = (options: VisitOptions = {}) => visit({ html: controls, ...options })
const root = (page: Visit) => page.document.querySelector('#clicktrail-privacy') as HTMLElement
const says = (page: Visit) => root(page).querySelector('[role=status]')?.textContent
const button = (page: Visit, label: string) =>
  [...root(page).querySelectorAll('button')].find(({ textContent }) => textContent === label) as HTMLButtonElement
const held = (page: Visit) =>
  [...root(page).querySelectorAll('li')].map(entry => entry.querySelector('summary')?.textContent)

test('a visitor refuses, and all that was held is gone', async () => {
  const page = await visited({ reply: away, tag: 'data-site="example" data-storage="local"' })
  page.window.clicktrail.flush()
  await expect.poll(() => page.status().blocked).toBe('retry')
  expect(stored()).toContain('clicktrail.id')
  expect(says(page)).toBe('You have not refused.')
  button(page, 'Refuse').click()
  expect(stored()).toEqual(['clicktrail'])
  expect(page.status()).toMatchObject({ blocked: 'optOut', kept: [], queue: [] })
  expect(says(page)).toBe('You have refused: nothing is collected.')
  expect(held(page)).toEqual(['Your choice: refused.'])
})

test('a refusal takes also what other trackers of this origin hold', async () => {
  localStorage.setItem('1795250000000 https://other.example/v1/events 0.5', '{"site":"y","events":[{}]}')
  const page = await visited()
  button(page, 'Refuse').click()
  expect(stored()).toEqual(['clicktrail'])
})

test('a visitor comes back', async () => {
  localStorage.setItem('clicktrail', 'optOut')
  const page = await visited()
  expect([says(page), button(page, 'Refuse').disabled]).toEqual(['You have refused: nothing is collected.', true])
  page.window.clicktrail.track('refused')
  page.hide()
  expect(page.sent).toEqual([])
  button(page, 'Allow').click()
  expect([says(page), button(page, 'Allow').disabled]).toEqual(['You have allowed it.', true])
  page.window.clicktrail.track('allowed')
  page.leave()
  expect(page.events().map(({ action }) => action)).toContain('allowed')
})

test('where the website asks first, nothing is sent until the visitor allows it here', async () => {
  const page = await visited({ tag: 'data-site="example" data-consent="wait"' })
  expect(says(page)).toBe('Nothing is collected until you allow it.')
  expect([page.sent, stored()]).toEqual([[], []])
  button(page, 'Allow').click()
  await expect.poll(() => page.events().map(({ action }) => action)).toEqual(['page_view'])
})

test('shows what the browser holds, as text, and deletes it', async () => {
  const page = await visited({ reply: away })
  page.window.clicktrail.track('early', { evil: '<img src=x onerror="throw 1">' })
  page.window.clicktrail.flush()
  await expect.poll(() => held(page)).toEqual(['Not delivered yet: one batch of events.'])
  expect(root(page).querySelector('pre')?.textContent).toContain('<img src=x')
  expect(root(page).querySelector('img')).toBeNull()
  button(page, 'Delete it').click()
  expect([stored(), held(page), button(page, 'Delete it').disabled]).toEqual([[], [undefined], true])
  expect(root(page).querySelector('li')?.textContent).toBe('Nothing at all.')
})

test('deletes neither a refusal nor what is not the tracker’s', async () => {
  localStorage.setItem('clicktrail', 'optOut')
  sessionStorage.setItem('clicktrail.id', 'a b 1')
  localStorage.setItem('theme', 'dark')
  const page = await visited()
  button(page, 'Delete it').click()
  expect(stored()).toEqual(['clicktrail', 'theme'])
  expect(localStorage.getItem('clicktrail')).toBe('optOut')
})

test('tells of Global Privacy Control', async () => {
  const before = (window: Window) => Object.defineProperty(window.navigator, 'globalPrivacyControl', { value: true })
  const page = await visited({ before })
  expect(says(page)).toBe('Your browser sends Global Privacy Control: nothing is collected.')
})

test('lets delete also where a blocker keeps the tracker away', async () => {
  localStorage.setItem('clicktrail.id', 'a b 1')
  const page = await visit({ tag: ownTags(controls) })
  expect(says(page)).toBe('The tracker was kept away: this page collects nothing.')
  expect([button(page, 'Refuse').disabled, button(page, 'Allow').disabled]).toEqual([true, true])
  button(page, 'Delete it').click()
  expect(stored()).toEqual([])
})

test('is there where the browser refuses storage', async () => {
  const page = await visited({
    before: window =>
      ['localStorage', 'sessionStorage'].forEach(name => {
        Object.defineProperty(window, name, {
          get() {
            throw new DOMException('denied', 'SecurityError')
          },
        })
      }),
  })
  button(page, 'Refuse').click()
  expect(page.status().blocked).toBe('optOut')
  expect(says(page)).toBe('You have refused: nothing is collected.')
  expect(button(page, 'Refuse').disabled).toBe(true)
})

test('a page without the element is left alone', async () => {
  const page = await visit({ html: controls.replace('id=', 'data-id=') })
  expect(page.document.querySelector('button')).toBeNull()
})
