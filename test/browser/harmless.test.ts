import { afterEach, expect, test } from 'vitest'
import { tabPattern } from '../../sdk/event.ts'
import { endVisits, visit } from './visit.ts'

/** Fails where the page saw an error or an unhandled rejection. */
afterEach(endVisits)

const globals = [
  'fetch',
  'crypto',
  'localStorage',
  'history',
  'Blob',
  'AbortSignal',
  'Request',
  'navigator',
  'setTimeout',
  'URL',
  'Element',
]
const ways = [
  ['missing', () => undefined],
  [
    'throwing',
    () => {
      throw new Error('hostile')
    },
  ],
] as const

test.each(globals.flatMap(name => ways.map(([way, get]) => ({ name, way, get }))))(
  'throws nothing with $name $way',
  async ({ name, get }) => {
    const { window, document, hide, leave } = await visit({
      html: '<button data-track="click">x</button>',
      before: window => Object.defineProperty(window, name, { get, configurable: true }),
    })
    const { clicktrail } = window
    clicktrail.track('click', { a: 1 })
    clicktrail.page()
    clicktrail.identify('ada')
    document.querySelector('button')?.click()
    hide()
    clicktrail.optOut()
    clicktrail.optIn()
    clicktrail.status()
    leave()
  },
)

test('throws nothing with properties that throw, and counts the loss', async () => {
  const { window } = await visit()
  window.clicktrail.track('click', {
    get color(): string {
      throw new Error('hostile')
    },
  })
  expect(window.clicktrail.status().dropped).toEqual({ failed: 1 })
})

test.each([undefined, null, 7, {}, Symbol('x'), () => 1])('throws nothing with %o for an argument', async odd => {
  const { window } = await visit()
  for (const method of Object.values(window.clicktrail)) {
    if (typeof method === 'function') Reflect.apply(method, undefined, [odd, odd])
  }
})

test('still delivers without storage, crypto and AbortSignal', async () => {
  const { sent, hide } = await visit({
    before(window) {
      for (const name of ['localStorage', 'crypto', 'AbortSignal'])
        Object.defineProperty(window, name, { value: undefined })
    },
  })
  hide()
  expect(sent[0]?.batch.tab).toMatch(tabPattern)
})

test('leaves by beacon without fetch', async () => {
  const { sent, leave } = await visit({
    before: window => Object.defineProperty(window, 'fetch', { value: undefined }),
  })
  leave()
  expect(sent.map(({ by }) => by)).toEqual(['beacon'])
})

test('neither prevents what a click does nor blocks it', async () => {
  const { document } = await visit({ html: '<input type="checkbox" data-track="choice">' })
  document.querySelector('input')?.click()
  expect(document.querySelector('input')?.checked).toBe(true)
})
