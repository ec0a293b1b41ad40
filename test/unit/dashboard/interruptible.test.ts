import type { DuckDBConnection } from '@duckdb/node-api'
import { beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../../../dashboard/database.ts'
import { interruptible } from '../../../dashboard/interruptible.ts'
import { runSql } from '../../../dashboard/sql-box.ts'

/** Takes longer than any test. */
const endless = 'SELECT count(*) FROM range(1e15::BIGINT) WHERE range % 7 = 3'

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await (await openDatabase()).connect()
})

test('a query that is no longer wanted is interrupted, and its connection answers the next one', async () => {
  const unwanted = new AbortController()
  const asked = interruptible(connection, unwanted.signal, () => connection.runAndReadAll(endless))
  setTimeout(() => unwanted.abort(), 50)
  await expect(asked).rejects.toThrow(/interrupt/i)
  expect((await connection.runAndReadAll('SELECT 1')).getRows()).toEqual([[1]])
})

test('the query after an interrupt that came between two is interrupted too', async () => {
  const unwanted = new AbortController()
  const asked = interruptible(connection, unwanted.signal, async () => {
    await connection.run('SELECT 1')
    unwanted.abort()
    await connection.run(endless)
  })
  await expect(asked).rejects.toThrow(/interrupt/i)
})

test('what was not wanted from the start is not begun', async () => {
  let begun = false
  const asked = interruptible(connection, AbortSignal.abort(), async () => {
    begun = true
  })
  await expect(asked).rejects.toThrow()
  expect(begun).toBe(false)
})

test('the SQL box stops long before its limit when nobody waits any more', async () => {
  const unwanted = new AbortController()
  const asked = runSql(await openDatabase(), endless, { timeoutMs: 600_000, signal: unwanted.signal })
  setTimeout(() => unwanted.abort(), 50)
  const answer = await asked
  expect(answer).toMatchObject({ ok: false, error: expect.stringMatching(/interrupt|abort/i) })
})
