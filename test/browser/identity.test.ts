import { afterEach, expect, test } from 'vitest'
import { tabPattern } from '../../sdk/event.ts'
import { endVisits, type VisitOptions, visit } from './visit.ts'

afterEach(endVisits)

/** Visits a page and leaves it: the ids of all that it sent. */
async function idsOf(options: VisitOptions) {
  const page = await visit(options)
  page.leave()
  const [request] = page.sent
  return { visitor: request?.batch.visitor, session: request?.batch.session }
}

/** The page's clock, some minutes ahead. */
const later = (minutes: number) => (window: { Date: DateConstructor }) => {
  const now = Date.now() + minutes * 60_000
  window.Date.now = () => now
}

const local = 'data-site="example" data-storage="local"'

test('nobody has an id unless the website asks for one, and nothing is stored', async () => {
  expect(await idsOf({})).toEqual({ visitor: undefined, session: undefined })
  expect([Object.keys(localStorage), Object.keys(sessionStorage)]).toEqual([[], []])
})

test.each([
  ['local', () => [localStorage, sessionStorage]],
  ['session', () => [sessionStorage, localStorage]],
])('keeps the ids of visitor and session over pages, in %sStorage alone', async (storage, places) => {
  const tag = `data-site="example" data-storage="${storage}"`
  const first = await idsOf({ tag })
  expect(first).toEqual({ visitor: expect.stringMatching(tabPattern), session: expect.stringMatching(tabPattern) })
  expect(first.visitor).not.toBe(first.session)
  expect(await idsOf({ tag })).toEqual(first)
  expect(places().map(place => Object.keys(place ?? {}))).toEqual([['clicktrail.id'], []])
})

test('ends the session after 30 minutes without a batch, and keeps the visitor', async () => {
  const first = await idsOf({ tag: local })
  expect(await idsOf({ tag: local, before: later(29) })).toEqual(first)
  expect(await idsOf({ tag: local, before: later(58) })).toEqual(first)
  const next = await idsOf({ tag: local, before: later(89) })
  expect(next.visitor).toBe(first.visitor)
  expect(next.session).not.toBe(first.session)
})

test('a visitor who opted out and in again is a new one', async () => {
  const first = await idsOf({ tag: local })
  const page = await visit({ tag: local })
  page.window.clicktrail.optOut()
  expect(localStorage.getItem('clicktrail.id')).toBeNull()
  page.window.clicktrail.optIn()
  page.leave()
  const next = await idsOf({ tag: local })
  expect([next.visitor === first.visitor, next.session === first.session]).toEqual([false, false])
})

test.each(['local', 'session'])('sends without ids where %sStorage throws', async storage => {
  const refuse = (window: Window) =>
    Object.defineProperty(window, `${storage}Storage`, {
      get() {
        throw new DOMException('denied', 'SecurityError')
      },
    })
  const page = await visit({ tag: `data-site="example" data-storage="${storage}"`, before: refuse })
  page.leave()
  expect(page.sent[0]?.batch).toMatchObject({ site: 'example', n: 1 })
  expect(page.sent[0]?.batch).not.toHaveProperty('visitor')
})
