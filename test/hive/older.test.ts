import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addPartitions } from '../../consumers/hdfs/hive-partitions.ts'
import { createLocalStore } from '../../consumers/hdfs/local/store.ts'
import { hiveDdl } from '../../deploy/hive/ddl.ts'
import { type OlderHive, runOlderHive } from '../stack/older-hive.ts'
import { analystAnswers, analystLog, analystQueries, analystWindow, cellsLike } from '../support/analyst-log.ts'
import { landLog } from '../support/land-log.ts'
import { lossOfLossyLog, lossyLog, lossyWindow } from '../support/lossy-log.ts'

const logger = pino({ level: 'silent' })
let root: string
const at = (folder: string) => join(root, 'files', folder)

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'clicktrail-hive-'))
  const storeAt = (folder: string) => createLocalStore({ dir: at(folder) })
  await landLog(analystLog, { store: storeAt('events'), topic: 'analyst', windowOffsets: analystWindow, logger })
  await landLog(lossyLog, { store: storeAt('lossy'), topic: 'lossy', windowOffsets: lossyWindow, logger })
})
afterAll(() => rm(root, { recursive: true, force: true }))

/** Rows of each question, on tables made by the text for any Hive and by the one for this version. */
async function answersOf(version: OlderHive, questions: readonly string[]): Promise<string[][][]> {
  const own = hiveDdl({ location: at('events'), table: 'own', hive: version })
  const sql = `${hiveDdl({ location: at('events') })}
${hiveDdl({ location: at('lossy'), table: 'lossy' })}
${own.slice(0, own.indexOf('MSCK'))}
${addPartitions('own', [Date.UTC(2026, 10, 21, 2)])};
${own}
${own}
${questions.map(question => `SELECT 'answer';\n${question};`).join('\n')}`
  const answers: string[][][] = []
  for (const row of await runOlderHive(sql, version, join(root, `hive${version}`))) {
    if (row[0] === 'answer') answers.push([])
    else answers.at(-1)?.push(row)
  }
  return answers
}

const partitions = [['dt=2026-11-21/hr=02'], ['dt=2026-11-21/hr=03']]

describe('Hive 2.3', () => {
  let answers: string[][][]
  beforeAll(async () => {
    const more = [
      'SHOW PARTITIONS own',
      'SELECT count(*), sum(kafka.skipped) FROM own',
      'SELECT * FROM lossy_loss ORDER BY dt, hr, site',
    ]
    answers = await answersOf(2, [...analystQueries(), ...more])
  })

  test.each(analystQueries().map((_, index) => index + 1))('answers question %i of deploy/hive/queries.sql', number => {
    const expected = analystAnswers[number]
    const rows = answers[number - 1] ?? []
    expect(rows.map((row, index) => cellsLike(expected?.[index], row))).toEqual(expected)
  })

  test('reads what the writer landed, and finds its hours', () => {
    const [found, counted, loss = []] = answers.slice(analystQueries().length)
    expect(found).toEqual(partitions)
    expect(counted).toEqual([['13', '3']])
    expect(loss.map((row, index) => cellsLike(lossOfLossyLog[index], row))).toEqual(lossOfLossyLog)
  })
})

describe('Hive 3.1', () => {
  test('makes the tables and views, plans every question, and reads what the writer landed', async () => {
    const views = ['page_views', 'clicks', 'sessions', 'completeness', 'loss'].map(view => `SELECT * FROM own_${view}`)
    const plans = [...analystQueries(), ...views].map(question => `EXPLAIN ${question}`)
    const rows = [
      'SHOW PARTITIONS own',
      'SELECT event.id, kafka.skipped FROM events',
      'SELECT event_id, happened_at, delay_s FROM own_event_rows',
    ]
    const answers = await answersOf(3, [...rows, ...plans])
    const [found, read, viewed] = answers
    expect(found).toEqual(partitions)
    expect(read).toHaveLength(13)
    expect(viewed).toHaveLength(13)
    expect(viewed).toContainEqual(['a-1', '2026-11-21 02:30:00.0', '0'])
    for (const plan of answers.slice(rows.length)) expect(plan[0]).toEqual(['STAGE DEPENDENCIES:'])
    expect(answers).toHaveLength(rows.length + plans.length)
  })
})
