import { beforeAll, expect, test } from 'vitest'
import { landed } from './panels/read-landed.ts'
import { linesOf, plainLoss, unluckyTabs } from './unlucky-tabs.ts'

let unlucky: Awaited<ReturnType<typeof landed>>
beforeAll(async () => {
  unlucky = await landed(linesOf(unluckyTabs()))
}, 30_000)

test('the view loss has the rows of Hive’s text: holes, resends, gaps, give-ups, borders of hours, two sites', async () => {
  const rows = await unlucky.rows('SELECT * FROM loss ORDER BY ALL')
  expect(rows).toEqual(await unlucky.rows(`SELECT * FROM ${plainLoss} ORDER BY ALL`))
  expect(rows.length).toBeGreaterThan(40)
})

test('its columns have the names and the types of that text', async () => {
  expect(await unlucky.rows('DESCRIBE loss')).toEqual(await unlucky.rows(`DESCRIBE SELECT * FROM ${plainLoss}`))
})

test('it has no rows where nothing has landed', async () => {
  expect(await (await landed([])).rows('SELECT * FROM loss')).toEqual([])
})

test('it may be read twice in one question, under names of its own parts', async () => {
  const sql = `WITH uneven AS (SELECT 1 AS who), uneven_rows AS (SELECT 2 AS site)
    SELECT count(*) AS count FROM loss JOIN loss other USING (dt, hr, site)`
  expect(await unlucky.rows(sql)).toEqual(await unlucky.rows(`SELECT count(*) AS count FROM ${plainLoss}`))
})
