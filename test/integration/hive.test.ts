import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { beforeAll, describe, expect, test } from 'vitest'
import { connectHdfs } from '../../consumers/hdfs/connect.ts'
import { addPartitions } from '../../consumers/hdfs/hive-partitions.ts'
import { hiveDdl } from '../../deploy/hive/ddl.ts'
import { runHive } from '../stack/servers.ts'
import { analystAnswers, analystLog, analystQueries, analystWindow, cellsLike } from '../support/analyst-log.ts'
import { landLog } from '../support/land-log.ts'
import { lossOfLossyLog, lossyLog, lossyWindow } from '../support/lossy-log.ts'

const url = process.env['HDFS_URL'] ?? 'http://127.0.0.1:9870'
const logger = pino({ level: 'silent' })
const name = `analyst_${randomUUID().slice(0, 8)}`

/** Rows of each statement that has any, in one Hive session: it takes longer to start than to answer. */
async function answersOf(setUp: string, queries: readonly string[]): Promise<string[][][]> {
  const mark = (index: number) => `SELECT 'answer', '${index}';`
  const sql = `${setUp}\n${queries.map((query, index) => `${mark(index)}\n${query};`).join('\n')}`
  const answers: string[][][] = []
  for (const row of await runHive(sql)) {
    if (row[0] === 'answer') answers.push([])
    else answers.at(-1)?.push(row)
  }
  return answers
}

/** The part of the statements that makes the table, and finds none of its partitions. */
const untilRepaired = (ddl: string) => ddl.slice(0, ddl.indexOf('MSCK'))

const inSessions = 'session_id, visitor, began_at, ended_at, duration_s, events, views, entry_page, exit_page, bounce'
const oddProperties =
  "properties['Color'], properties['n\\u0000l'], properties['price'], properties['paid'], properties['']"
const more = {
  sessions: `SELECT ${inSessions} FROM sessions WHERE visitor IN ('v1', 'v2') ORDER BY session_id`,
  odd: `SELECT ${oddProperties} FROM events WHERE tab.id = 'e'`,
  everything: 'SELECT * FROM events',
  hive4: `SELECT count(*), sum(kafka.skipped) FROM four`,
  partitions: 'SHOW PARTITIONS four',
  loss: 'SELECT * FROM lossy_loss ORDER BY dt, hr, site',
}

describe('the questions of deploy/hive/queries.sql on the real Hive, on files that the writer landed in the real HDFS', () => {
  let answers: string[][][]
  let added: string[][]
  const extra = (of: keyof typeof more) => answers[analystQueries().length + Object.keys(more).indexOf(of)]

  beforeAll(async () => {
    const path = `/tmp/${name}/events`
    const lossy = `/tmp/${name}/lossy`
    const storeAt = (folder: string) => connectHdfs({ urls: [url], user: 'clicktrail', path: folder, logger })
    await landLog(analystLog, {
      store: await storeAt(path),
      topic: 'analyst',
      windowOffsets: analystWindow,
      logger,
    })
    await landLog(lossyLog, { store: await storeAt(lossy), topic: 'lossy', windowOffsets: lossyWindow, logger })
    const hour = addPartitions('four', [Date.UTC(2026, 10, 21, 2)])
    const setUp = `SET hive.exec.reducers.max=1;
CREATE DATABASE ${name};
USE ${name};
${hiveDdl({ location: path })}
${hiveDdl({ location: lossy, table: 'lossy' })}
${untilRepaired(hiveDdl({ location: path, table: 'four', hive: 4 }))}
${hour};
${hour};
SELECT 'answer', 'added';
SHOW PARTITIONS four;
${hiveDdl({ location: path, table: 'four', hive: 4 })}`
    const [first = [], ...others] = await answersOf(setUp, [...analystQueries(), ...Object.values(more)])
    added = first
    answers = others
  })

  test.each(analystQueries().map((_, index) => index + 1))('number %i', number => {
    const expected = analystAnswers[number]
    const rows = answers[number - 1] ?? []
    expect(rows.map((row, index) => cellsLike(expected?.[index], row))).toEqual(expected)
  })

  test('sessions have begin, end, pages and bounce, with and without a session id', () => {
    expect(extra('sessions')).toEqual([
      ['s1', 'v1', '2026-11-21 02:30:00.0', '2026-11-21 02:31:00.0', '60', '5', '2', '/', '/shop', 'false'],
      ['v2-1', 'v2', '2026-11-21 02:40:00.0', '2026-11-21 02:40:05.0', '5', '2', '1', '/shop', '/shop', 'false'],
      ['v2-2', 'v2', '2026-11-21 03:20:00.0', '2026-11-21 03:20:00.0', '0', '1', '1', '/', '/', 'true'],
    ])
  })

  test('keys that differ only by case, NUL, line separators and deep members neither break a row nor get lost', () => {
    expect(extra('odd')).toEqual([['x', 'a\u2028b\u2029c\u0085d', '1.5', 'true', '?']])
    expect(extra('everything')).toHaveLength(13)
  })

  test('loss counts what is missing, late, passed over, given up and refused, in the hour and site where it belongs', () => {
    const rows = extra('loss') ?? []
    expect(rows.map((row, index) => cellsLike(lossOfLossyLog[index], row))).toEqual(lossOfLossyLog)
  })

  test('the statement of the writer adds its hour, and may be run again', () => {
    expect(added).toEqual([['dt=2026-11-21/hr=02']])
  })

  test("the text for Hive 4 reads the same rows with Hive's own SerDe", () => {
    expect(extra('hive4')).toEqual([['13', '3']])
    expect(extra('partitions')).toEqual([['dt=2026-11-21/hr=02'], ['dt=2026-11-21/hr=03']])
  })
})
