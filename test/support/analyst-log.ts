import { readFileSync } from 'node:fs'
import { type EventRecord, encodeRecord } from '../../topic/record.ts'
import type { LogRecord } from '../../topic/topic.ts'

const halfPastTwoMs = Date.UTC(2026, 10, 21, 2, 30)

interface Said {
  /** Seconds after 02:30 at which it happened. */
  at: number
  tab: string
  n: number
  action?: string
  path?: string
  visitor?: string
  session?: string
  firefox?: true
  bot?: true
  properties?: NonNullable<EventRecord['properties']>
  /** Seconds that it took to the collector. */
  delay?: number
  /** Seconds after 02:30 at which the topic took it; else when the collector had it. */
  taken?: number
  /** What a foreign writer makes of the record's text. */
  rewrite?: (text: string) => string
}

function eventOf(said: Said): EventRecord {
  const { tab, n, visitor, session, path = '/', at, delay = 0 } = said
  const time = (seconds: number) => new Date(halfPastTwoMs + seconds * 1_000).toISOString()
  return {
    '@timestamp': time(at),
    event: { id: `${tab}-${n}`, action: said.action ?? 'page_view', sequence: n, created: time(at + delay) },
    site: 'shop',
    tab: { id: tab },
    ...(session && { session: { id: session } }),
    ...(visitor && { user: { id: visitor } }),
    url: { full: `https://shop.example${path}`, domain: 'shop.example', path },
    user_agent: said.firefox ? { name: 'Firefox', os: { name: 'Linux' } } : { name: 'Chrome', os: { name: 'Windows' } },
    ...(said.bot && { user_agent: { name: 'Googlebot', bot: true } }),
    ...(said.properties && { properties: said.properties }),
  }
}

const ann = { tab: 'a', visitor: 'v1', session: 's1' }
/** Her browser keeps nothing: there is no session id. Her third event is lost. */
const bea = { tab: 'b', visitor: 'v2', firefox: true } as const
const hour = 3_600
const redClick = { ...ann, n: 5, at: 60, action: 'color_click', properties: { color: 'red' } }
const odd = {
  properties: {
    Color: 'x',
    color: 'green',
    'n\u0000l': 'a\u2028b\u2029c\u0085d',
    price: 1.5,
    paid: true,
    '': '\ud83d',
  },
  rewrite: (text: string) => `${text.slice(0, -1)},"geo":${'{"in":['.repeat(15)}1${']}'.repeat(15)}}`,
}
const textForStruct = (text: string) => `${text.slice(0, -1)},"Event":"text where Hive wants a struct"}`
const twice = (text: string) => `{"event":"text",${text.slice(1)}`

const said: readonly (readonly (Said | 'broken')[])[] = [
  [
    { ...ann, n: 1, at: 0 },
    { ...ann, n: 2, at: 10, path: '/shop' },
    { ...ann, n: 3, at: 20, path: '/shop', action: 'add_to_cart', properties: { color: 'blue' } },
    { ...ann, n: 4, at: 30, path: '/shop', action: 'order' },
    redClick,
    { tab: 'c', n: 1, visitor: 'v3', session: 's3', at: 1_200, delay: 1_200 },
    { tab: 'd', n: 1, visitor: 'v4', session: 's4', at: 2_700, path: '/shop', bot: true },
    'broken',
    { ...redClick, taken: 2_760 },
  ],
  [
    { ...bea, n: 1, at: 600, path: '/shop' },
    { ...bea, n: 1, at: 600, path: '/shop' },
    { ...bea, n: 2, at: 605, path: '/shop', action: 'color_click', properties: { color: 'red' } },
    { ...bea, n: 4, at: 3_000 },
    { tab: 'e', n: 1, visitor: 'v5', session: 's5', at: 3_060, firefox: true, action: 'color_click', ...odd },
    { tab: 'x', n: 1, at: 3_061, rewrite: textForStruct },
    { tab: 'f', n: 1, visitor: 'v6', session: 's6', at: 3_120, path: '/faq', rewrite: twice },
  ],
]

/** How many offsets the sink has to look back, so that the nearer of the two copies is recognised and the later is not. */
export const analystWindow = 3

/**
 * A topic of two partitions, written so that each of `deploy/hive/queries.sql` has something to find: two hours, a
 * funnel, a visit without a session id, a bot, a late event, a lost one, two copies, one record that is no JSON, one that
 * Hive could not read, and two that are odd, but land.
 */
export const analystLog: readonly (readonly LogRecord[])[] = said.map(partition =>
  partition.map((event, offset): LogRecord => {
    if (event === 'broken') return { offset, timestampMs: halfPastTwoMs + hour * 1_000, value: Buffer.from('{"site":') }
    const taken = event.taken ?? event.at + (event.delay ?? 0)
    const text = encodeRecord(eventOf(event)).toString()
    return { offset, timestampMs: halfPastTwoMs + taken * 1_000, value: Buffer.from(event.rewrite?.(text) ?? text) }
  }),
)

/** What each question, by its number, is to be answered on {@link analystLog}. */
export const analystAnswers: Readonly<Record<number, readonly (readonly (string | number)[])[]>> = {
  1: [
    ['shop.example', '/', 3, 3],
    ['shop.example', '/shop', 2, 2],
    ['shop.example', '/faq', 1, 1],
  ],
  2: [
    ['2026-11-21', '02', 'red', 2],
    ['2026-11-21', '03', 'green', 1],
  ],
  3: [[4, 1, 1]],
  4: [['2026-11-21', 6, 5, 1, 10.8]],
  5: [
    ['/', 3, 2, 66.7],
    ['/faq', 1, 1, 100],
    ['/shop', 1, 0, 0],
  ],
  6: [
    ['Chrome', 'Windows', 3, 7],
    ['Firefox', 'Linux', 2, 4],
  ],
  7: [
    ['analyst', 1, 0, 8, 1, 0, 0],
    ['analyst', 1, 1, 5, 2, 0, 0],
  ],
  8: [['b', 4, 1]],
  9: [
    ['under a minute', 12, 1],
    ['under an hour', 1, 1],
  ],
  10: [['a-5', 2, 1, 4]],
  11: [
    ['2026-11-21', '03', 'shop', 5, 4, 1, 20, 0, 1, 0, 0],
    ['2026-11-21', '02', 'shop', 8, 8, 0, 0, 1, 3, 0, 0],
  ],
}

/** The questions of `deploy/hive/queries.sql` in their order, each without its comment and semicolon. */
export function analystQueries(): string[] {
  const text = readFileSync(new URL('../../deploy/hive/queries.sql', import.meta.url), 'utf8')
  return text
    .replace(/^--.*$/gm, '')
    .split(/;\s*$/m)
    .map(query => query.trim())
    .filter(query => query !== '')
}

/** Cells as both engines mean them: `66.70` and `66.7`, `02` and `2`, are the same number unless `02` was expected as text. */
export function cellsLike(expected: readonly (string | number)[] | undefined, row: readonly (string | null)[]) {
  return row.map((cell, index) => (typeof expected?.[index] === 'number' && cell !== null ? Number(cell) : cell))
}
