import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLocalStore } from '../../../consumers/hdfs/local/store.ts'
import { type Database, openDatabase } from '../../../dashboard/database.ts'
import { createImporter } from '../../../dashboard/importer.ts'
import { runSql } from '../../../dashboard/sql-box.ts'
import { duckDbDialect, viewsOf } from '../../../deploy/hive/views.ts'
import { analystAnswers, analystLog, analystQueries, analystWindow, cellsLike } from '../../support/analyst-log.ts'
import { landLog } from '../../support/land-log.ts'
import { lossOfLossyLog, lossyLog, lossyWindow } from '../../support/lossy-log.ts'

let root: string
let database: Database

/** A database of its own with what the writer makes of a log. */
async function landed(log: typeof analystLog, topic: string, windowOffsets: number, rows: number): Promise<Database> {
  const dir = join(root, topic)
  await landLog(log, { store: createLocalStore({ dir }), topic, windowOffsets, logger: pino({ level: 'silent' }) })
  const opened = await openDatabase()
  const importer = await createImporter(opened, dir)
  await importer.scan(0)
  expect(importer.status()).toMatchObject({ events: rows, failedFiles: 0 })
  return opened
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'clicktrail-queries-'))
  database = await landed(analystLog, 'analyst', analystWindow, 13)
})
afterAll(() => rm(root, { recursive: true, force: true }))

async function rowsOf(sql: string, of = database) {
  const answer = await runSql(of, sql)
  if (!answer.ok) throw new Error(answer.error)
  return answer.rows
}

describe("the questions of deploy/hive/queries.sql in DuckDB, on the embedded writer's files", () => {
  test('are eleven, each with an answer to compare', () => {
    expect(analystQueries()).toHaveLength(11)
    expect(Object.keys(analystAnswers)).toHaveLength(11)
  })

  test.each(analystQueries().map((sql, index) => [index + 1, sql] as const))('number %i', async (number, sql) => {
    const expected = analystAnswers[number]
    const rows = await rowsOf(sql)
    expect(rows.map((row, index) => cellsLike(expected?.[index], row))).toEqual(expected)
  })
})

describe('the views in DuckDB', () => {
  test('sessions have begin, end, pages and bounce, with and without a session id', async () => {
    const columns = 'session_id, visitor, began_at, ended_at, duration_s, events, views, entry_page, exit_page, bounce'
    expect(await rowsOf(`SELECT ${columns} FROM sessions WHERE visitor IN ('v1', 'v2') ORDER BY session_id`)).toEqual([
      ['s1', 'v1', '2026-11-21 02:30:00', '2026-11-21 02:31:00', '60', '5', '2', '/', '/shop', 'false'],
      ['v2-1', 'v2', '2026-11-21 02:40:00', '2026-11-21 02:40:05', '5', '2', '1', '/shop', '/shop', 'false'],
      ['v2-2', 'v2', '2026-11-21 03:20:00', '2026-11-21 03:20:00', '0', '1', '1', '/', '/', 'true'],
    ])
  })

  test('events_distinct keeps the first row of an event', async () => {
    const sql = "SELECT kafka_offset, hr FROM events_distinct WHERE event_id = 'a-5'"
    expect(await rowsOf(sql)).toEqual([['4', '02']])
    expect(await rowsOf('SELECT count(*), count(DISTINCT event_id) FROM events_distinct')).toEqual([['12', '12']])
  })

  test('clicks are actions called click or something_click', async () => {
    expect(await rowsOf('SELECT action, color FROM clicks ORDER BY event_id')).toEqual([
      ['color_click', 'red'],
      ['color_click', 'red'],
      ['color_click', 'red'],
      ['color_click', 'green'],
    ])
  })
})

describe('loss', () => {
  test('counts what is missing, late, passed over, given up and refused, in the hour and site where it belongs', async () => {
    const lossy = await landed(lossyLog, 'lossy', lossyWindow, 10)
    const rows = await rowsOf('SELECT * FROM loss ORDER BY dt, hr, site', lossy)
    expect(rows.map((row, index) => cellsLike(lossOfLossyLog[index], row))).toEqual(lossOfLossyLog)
  })
})

describe('a loss that is not believed', () => {
  const lossOf = async (events: string, told: string) => {
    const nameOf = (view: string) => (view === 'event_rows' ? events : view === 'events_distinct' ? told : view)
    const view = viewsOf(duckDbDialect, nameOf).find(({ name }) => name === 'loss')
    const [row] = await rowsOf(`SELECT expected, arrived, missing, given_up, refused FROM (${view?.query})`)
    return row?.map(Number)
  }
  const at = "'s' AS site, '2026-11-21' AS happened_dt, '02' AS happened_hr"
  const eventsOf = (...numbers: number[]) => {
    const values = numbers.map(number => `(${number}::BIGINT)`).join(', ')
    return `(SELECT ${at}, 't' AS tab_id, 0 AS delay_s, 0 AS kafka_skipped, * FROM (VALUES ${values}) v(tab_sequence))`
  }
  const toldOf = (full: number) =>
    `(SELECT ${at}, 'events_dropped' AS action, MAP {'full': '${full}', 'rejected': '7'} AS properties)`

  test.each([
    ['of the largest step that is', [1, 100_001], [100_001, 2, 99_999]],
    ['of a step beyond it', [1, 100_002], [2, 2, 0]],
    ['of a first number beyond it', [100_001], [1, 1, 0]],
    ['beside a hole', [1, 3, Number.MAX_SAFE_INTEGER], [4, 3, 1]],
  ])('%s', async (_, numbers, loss) => {
    expect(await lossOf(eventsOf(...numbers), toldOf(10_000))).toEqual([...loss, 10_007, 7])
  })

  test('of what a browser says that it gave up', async () => {
    expect(await lossOf(eventsOf(1), toldOf(Number.MAX_SAFE_INTEGER))).toEqual([1, 1, 0, 10_007, 7])
  })
})

describe('completeness', () => {
  test.each<[what: string, rows: [offset: number, skipped: number][], verdict: (string | number)[]]>([
    [
      'all rows',
      [
        [0, 0],
        [1, 0],
        [2, 0],
      ],
      [3, 0, 0, 0],
    ],
    [
      'copies and dead letters passed over',
      [
        [0, 0],
        [3, 2],
      ],
      [2, 2, 0, 0],
    ],
    [
      'an offset that is not here',
      [
        [0, 0],
        [2, 0],
      ],
      [2, 0, 1, 0],
    ],
    [
      'one twice and another not at all',
      [
        [0, 0],
        [1, 0],
        [1, 0],
        [3, 0],
      ],
      [4, 0, 1, 1],
    ],
    [
      'one twice that passed over others',
      [
        [0, 0],
        [3, 2],
        [3, 2],
        [4, 0],
      ],
      [4, 2, 0, 1],
    ],
    [
      'a first row that stands behind what was dropped by age',
      [
        [7, 3],
        [8, 0],
      ],
      [2, 0, 0, 0],
    ],
    [
      'as many too much here as too little there',
      [
        [0, 0],
        [1, 1],
        [3, 0],
      ],
      [3, 1, 1, 0],
    ],
  ])('of a table with %s', async (_, rows, verdict) => {
    const values = rows.map(([offset, skipped]) => `(${offset}, ${skipped})`).join(', ')
    const source = `(SELECT 't' AS kafka_topic, 1 AS kafka_generation, 0 AS kafka_partition, * FROM (VALUES ${values}) v(kafka_offset, kafka_skipped))`
    const view = viewsOf(duckDbDialect, name => (name === 'event_rows' ? source : name)).find(
      ({ name }) => name === 'completeness',
    )
    const [row] = await rowsOf(`SELECT landed, skipped, missing, doubled FROM (${view?.query})`)
    expect(row?.map(Number)).toEqual(verdict)
  })
})
