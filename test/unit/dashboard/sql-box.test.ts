import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest'
import { type Database, openDatabase } from '../../../dashboard/database.ts'
import { createImporter } from '../../../dashboard/importer.ts'
import { readyQueries } from '../../../dashboard/ready-queries.ts'
import { runSql } from '../../../dashboard/sql-box.ts'
import { type LandedFolder, landedFolder } from '../../support/landed-files.ts'

let folder: LandedFolder
let database: Database

beforeEach(async () => {
  folder = await landedFolder()
  database = await openDatabase()
  await folder.land([{ path: '/a' }, { path: '/b' }, { path: '/a' }])
  await folder.land(
    [
      { action: 'color_click', properties: { color: 'red' } },
      { skipped: 3, offset: 4 },
    ],
    { partition: 1 },
  )
  await (await createImporter(database, folder.dir)).scan(0)
})
afterEach(() => folder.remove())

async function rowsOf(sql: string) {
  const answer = await runSql(database, sql)
  if (!answer.ok) throw new Error(answer.error)
  return answer.rows
}

describe('the SQL box', () => {
  it('answers with names, types and text', async () => {
    const sql = `SELECT 1 AS n, NULL AS nothing, "@timestamp" AS t, {'a': 1} AS s FROM events LIMIT 1`
    expect(await runSql(database, sql)).toMatchObject({
      ok: true,
      columns: [
        { name: 'n', type: 'INTEGER' },
        { name: 'nothing', type: 'INTEGER' },
        { name: 't', type: 'TIMESTAMP' },
        { name: 's', type: 'STRUCT("a" INTEGER)' },
      ],
      rows: [['1', null, '2026-11-21 02:30:00', "{'a': 1}"]],
      truncated: false,
    })
  })

  test.each(['FROM events', 'DESCRIBE events', 'SUMMARIZE events', 'SHOW TABLES', 'WITH t AS (FROM range(3)) FROM t;'])(
    'runs %s',
    async sql => expect(await runSql(database, sql)).toMatchObject({ ok: true }),
  )

  const outside = join(tmpdir(), `clicktrail-escape-${process.pid}.txt`)
  test.each([
    `SELECT * FROM read_csv('/etc/passwd')`,
    `SELECT * FROM read_text('/etc/passwd')`,
    `SELECT * FROM read_json_auto('/etc/passwd')`,
    `SELECT * FROM '/etc/passwd'`,
    `SELECT * FROM '/etc/passwd.csv'`,
    `SELECT * FROM glob('/etc/*')`,
    `SELECT * FROM 'http://127.0.0.1:9/x.csv'`,
    `SELECT getenv('HOME')`,
    `COPY events TO '${outside}'`,
    `COPY (SELECT 1) TO '${outside}'`,
    `EXPORT DATABASE '${outside}'`,
    `ATTACH '${outside}'`,
    `ATTACH ':memory:' AS other`,
    `DETACH landed`,
    `USE memory`,
    `INSTALL httpfs`,
    `LOAD httpfs`,
    `SET memory_limit = '100GB'`,
    `SET enable_external_access = true`,
    `RESET threads`,
    `PRAGMA memory_limit='100GB'`,
    `PRAGMA enable_profiling`,
    `CHECKPOINT`,
    `VACUUM`,
    `CALL enable_logging()`,
    `SELECT * FROM enable_logging()`,
    `SELECT * FROM system.main."enable_logging"()`,
    `SELECT * FROM /* x */ "enable_profiling"(save_location := '${outside}')`,
    `SELECT * FROM query('SELECT * FROM enable' || '_logging()')`,
    `SELECT (SELECT count(*) FROM force_checkpoint())`,
    `SELECT write_log('x')`,
    `INSERT INTO events SELECT * FROM events`,
    `UPDATE events SET site = 'x'`,
    `DELETE FROM events`,
    `EXPLAIN ANALYZE DELETE FROM events`,
    `TRUNCATE events`,
    `DROP TABLE events`,
    `ALTER TABLE events DROP COLUMN site`,
    `CREATE TABLE mine AS SELECT 1`,
    `CREATE TEMP TABLE mine AS SELECT 1`,
    `CREATE SECRET (TYPE s3)`,
    `CREATE MACRO mine() AS 1`,
    `PREPARE mine AS SELECT 1`,
    `BEGIN`,
    `COMMIT`,
    `ROLLBACK; DROP TABLE events`,
    `SELECT 1; DROP TABLE events`,
    `SELECT $1`,
    `selec`,
    `-- nothing`,
    ` `,
  ])('refuses %s, and the events stay as they are', async sql => {
    const answer = await runSql(database, sql)
    expect(answer).toMatchObject({ ok: false, error: expect.stringMatching(/./) })
    expect(existsSync(outside)).toBe(false)
    expect(await rowsOf('SELECT count(*), min(site), max(site) FROM events')).toEqual([['5', 'example', 'example']])
    const there = [
      'clicks',
      'completeness',
      'event_rows',
      'events',
      'events_distinct',
      'loss',
      'page_views',
      'sessions',
    ]
    expect(await rowsOf('SHOW TABLES')).toEqual(there.map(name => [name]))
  })

  it('stops a runaway query at its limit and answers the next one', async () => {
    const answer = await runSql(
      database,
      'SELECT count(*) FROM range(1000000) a, range(1000000) b, range(1000000) c WHERE a.range + b.range < c.range',
      {
        timeoutMs: 200,
      },
    )
    expect(answer).toMatchObject({ ok: false, error: expect.stringContaining('Stopped') })
    expect(answer.elapsedMs).toBeLessThan(3_000)
    expect(await rowsOf('SELECT count(*) FROM events')).toEqual([['5']])
  })

  it('answers a query that takes more memory than there is with an error, and then the next one', async () => {
    const answer = await runSql(await openDatabase({ memoryLimit: '64MB' }), 'SELECT list(range) FROM range(50000000)')
    expect(answer).toMatchObject({ ok: false, error: expect.stringContaining('Memory') })
    expect(await rowsOf('SELECT 1')).toEqual([['1']])
  })

  test.each([
    [999, 999, false],
    [1_000, 1_000, false],
    [1_001, 1_000, true],
    [100_000_000, 1_000, true],
  ])('of %i rows it shows %i (cut: %s)', async (count, shown, truncated) => {
    const answer = await runSql(database, `FROM range(${count})`)
    expect(answer).toMatchObject({ ok: true, truncated })
    expect(answer.ok && answer.rows.length).toBe(shown)
  })

  it('cuts long cells and large results', async () => {
    const answer = await runSql(database, `SELECT repeat('x', 100000) AS x FROM range(100)`, {
      maxCellChars: 10,
      maxChars: 55,
    })
    expect(answer).toMatchObject({ ok: true, truncated: true, rows: Array(6).fill(['xxxxxxxxxx']) })
  })

  it('runs the ready queries', async () => {
    const answers = await Promise.all(readyQueries.map(({ sql }) => rowsOf(sql)))
    expect(answers).toEqual([
      [
        ['/a', '2', '1'],
        ['/', '1', '1'],
        ['/b', '1', '1'],
      ],
      [['2026-11-21', '02', 'red', '1']],
      [['2026-11-21', '02', 'example', '5', '4', '1', '0', '4', '0', '0']],
      [
        ['clicktrail', '1', '0', '3', '0', '0', '0'],
        ['clicktrail', '1', '1', '2', '3', '0', '0'],
      ],
    ])
  })

  it('shows a lost offset as incomplete', async () => {
    await folder.land([{ offset: 9 }], { partition: 2 })
    await folder.land([{ offset: 11 }], { partition: 2, hr: '03' })
    const fresh = await openDatabase()
    await (await createImporter(fresh, folder.dir)).scan(0)
    const answer = await runSql(fresh, readyQueries.at(-1)?.sql ?? '')
    expect(answer.ok && answer.rows[2]).toEqual(['clicktrail', '1', '2', '2', '0', '1', '0'])
  })
})
