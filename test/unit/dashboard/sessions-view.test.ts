import { beforeAll, expect, test } from 'vitest'
import { duckDbDialect, viewsOf } from '../../../deploy/hive/views.ts'
import { encodeRecord, landedText } from '../../../topic/record.ts'
import { seeded } from '../../fuzz/random.ts'
import { landedRecord } from '../../support/landed-files.ts'
import { hour, landed, minute, nowMs } from './panels/read-landed.ts'

/** The view by the text that Hive has. */
const plain = `(${viewsOf(duckDbDialect, name => name).find(({ name }) => name === 'sessions')?.query})`

let visits: Awaited<ReturnType<typeof landed>>
beforeAll(async () => {
  visits = await landed(manyVisits())
}, 30_000)

test('the view sessions has the rows of Hive’s text: with and without a session id, copies, bots, pauses, equal times', async () => {
  const rows = await visits.rows('SELECT * FROM sessions ORDER BY ALL')
  expect(rows).toEqual(await visits.rows(`SELECT * FROM ${plain} ORDER BY ALL`))
  expect(rows.length).toBeGreaterThan(100)
  for (const [what, has] of Object.entries({
    bounce: rows.some(row => row['bounce'] === true),
    'none viewed': rows.some(row => row['views'] === '0'),
    'an exit elsewhere': rows.some(row => row['entry_page'] !== row['exit_page']),
    'no path': rows.some(row => row['entry_page'] === null && row['views'] !== '0'),
  }))
    expect({ what, has }).toEqual({ what, has: true })
})

test('its columns have the names and the types of that text', async () => {
  expect(await visits.rows('DESCRIBE sessions')).toEqual(await visits.rows(`DESCRIBE SELECT * FROM ${plain}`))
})

test('it has no rows where nothing has landed', async () => {
  expect(await (await landed([])).rows('SELECT * FROM sessions')).toEqual([])
})

test('it may be read twice in one question, under names of its own parts', async () => {
  const sql =
    'WITH people AS (SELECT 1 AS who) SELECT count(*) AS count FROM sessions JOIN sessions other USING (session_id)'
  expect(await visits.rows(sql)).toEqual(
    await visits.rows(`SELECT count(*) AS count FROM ${plain} JOIN ${plain} other USING (session_id)`),
  )
})

/** Events of a few visitors by chance; a fifth of the ids come again, some as another event, and sessions may bear a visitor's name. */
function manyVisits(): string[] {
  const random = seeded(11)
  const pauses = [0, 1_000, 5 * minute, 30 * minute, 30 * minute + 1_000, 3 * hour]
  const clocks = new Map<string, number>()
  return Array.from({ length: 900 }, (_, offset) => {
    const visitor = `v${random.below(12)}`
    const timeMs = (clocks.get(visitor) ?? nowMs - 60 * hour) + random.pick(pauses)
    clocks.set(visitor, timeMs)
    const {
      user: _user,
      url,
      user_agent: agent,
      ...record
    } = landedRecord({
      timeMs,
      path: `/${random.below(5)}`,
      action: random.pick(['page_view', 'page_view', 'buy']),
    })
    const event = { ...record.event, id: `e${random.below(700)}`, sequence: 1 + random.below(3) }
    const text = encodeRecord({
      ...record,
      event,
      site: random.pick(['shop', 'blog']),
      tab: { id: `tab${random.below(9)}` },
      ...(random.once(9) ? {} : { user: { id: visitor } }),
      ...(random.once(9) || url === undefined ? {} : { url }),
      ...(random.once(2) ? { session: { id: random.pick([`s${random.below(20)}`, 'v3', 'v4-1']) } } : {}),
      ...(agent === undefined ? {} : { user_agent: { ...agent, bot: random.once(12) } }),
    }).toString()
    return landedText(text, { topic: 'clicktrail', partition: 0, offset })
  })
}
