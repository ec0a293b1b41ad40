import { gzipSync } from 'node:zlib'
import { beforeEach, expect, test } from 'vitest'
import { type CheckReport, checkTable } from '../../../../../consumers/hdfs/check/check.ts'
import type { ProblemKind } from '../../../../../consumers/hdfs/check/problem.ts'
import { StoreError } from '../../../../../consumers/hdfs/store.ts'
import { gzipLines, landAll, linesOf, sinkInto } from '../../../../support/landed-table.ts'
import { logOf, logStartMs } from '../../../../support/landing-log.ts'
import { type BeforeCall, createMemoryStorage, type MemoryStorage } from '../../../../support/memory-landing-store.ts'

const hour = 3_600_000
const folder = 'dt=2026-11-21/hr=02'
const path = (start: number, in_ = folder) => `${in_}/events-p00-${String(start).padStart(20, '0')}.json.gz`

let storage: MemoryStorage
/** Files of three rows: 0–2, 3–5, 6–8, all of one hour. */
beforeEach(async () => {
  storage = createMemoryStorage()
  await landAll(sinkInto(storage.store(), { maxRecords: 3 }), logOf([...'abcdefghi']))
})

const check = (before?: BeforeCall) =>
  checkTable({ store: storage.store(before), topic: 't', wait: async () => {}, now: () => logStartMs })
const content = (start: number) => storage.files.get(path(start)) ?? Buffer.alloc(0)
const found = (report: CheckReport) => report.problems.map(({ kind, path, line }) => [kind, path, line])

/** Writes a file anew, with its lines changed. */
function edit(start: number, change: (lines: string[]) => (string | Buffer)[]): void {
  storage.files.set(path(start), gzipLines(change(linesOf(content(start)))))
}
function move(from: string, to: string): void {
  storage.files.set(to, storage.files.get(from) ?? Buffer.alloc(0))
  storage.files.delete(from)
}
const withRow = (line: string, kafka: object) => {
  const row = JSON.parse(line)
  return JSON.stringify({ ...row, kafka: { ...row.kafka, ...kafka } })
}

test('finds nothing wrong in what the writer landed', async () => {
  const report = await check()
  expect(report).toMatchObject({ damaged: false, problems: [] })
  expect(report.chains).toEqual([
    { partition: 0, generation: 1, files: 3, rows: 9, from: 0, to: 8, skipped: 0, copies: 0, gaps: [] },
  ])
})

test('finds nothing wrong in a table with copies, dead letters, gaps, several hours, partitions, generations and formats', async () => {
  storage = createMemoryStorage()
  const store = storage.store()
  const ids = ['a', null, 'b', 'a', 'c', 'd', null, 'e', 'c', 'f']
  const log = logOf(ids, offset => logStartMs + Math.floor(offset / 3) * hour)
  const withGap = log.filter(({ offset }) => offset !== 4 && offset !== 5)
  const options = { maxRecords: 2, windowOffsets: 4 }
  await landAll(sinkInto(store, options), withGap)
  await landAll(sinkInto(store, { ...options, format: 'json' }), withGap, { partition: 1, low: 2 })
  await landAll(sinkInto(store, { ...options, generation: 2 }), log)
  const report = await check()
  expect(report.problems).toEqual([])
  expect(report.chains.map(({ partition, generation }) => [partition, generation])).toEqual([
    [0, 1],
    [1, 1],
    [0, 2],
  ])
  expect(report.chains[0]).toMatchObject({ from: 0, to: 9, rows: 5, skipped: 5, copies: 0 })
  expect(report.chains[0]?.gaps).toEqual([
    { path: expect.stringContaining('_gap-p00-4-5'), from: 4, to: 5, state: 'counted' },
  ])
})

test('counts copies that lie farther apart than the writer looks', async () => {
  storage = createMemoryStorage()
  await landAll(sinkInto(storage.store(), { windowOffsets: 2 }), logOf(['a', 'b', 'c', 'd', 'a', 'b']))
  expect((await check()).chains[0]).toMatchObject({ rows: 6, copies: 2 })
})

test('finds nothing wrong where the oldest files are gone', async () => {
  storage.files.delete(path(0))
  expect((await check()).problems).toEqual([])
})

test('takes a gap for open while no row lies behind it', async () => {
  storage.files.set(`${folder}/_gap-p00-9-12.json`, Buffer.from('{}\n'))
  const report = await check()
  expect(report.damaged).toBe(false)
  expect(report.chains[0]?.gaps).toMatchObject([{ from: 9, to: 12, state: 'open' }])
})

const damages: [string, () => void, [ProblemKind, string, number | undefined][]][] = [
  [
    'a file that is not ours',
    () => storage.files.set('notes.txt', Buffer.from('x')),
    [['unknown_file', 'notes.txt', undefined]],
  ],
  [
    'a data file with a name of its own',
    () => move(path(6), `${folder}/part-00000.json.gz`),
    [['unknown_file', `${folder}/part-00000.json.gz`, undefined]],
  ],
  [
    'an hour that does not exist',
    () => move(path(6), path(6, 'dt=2026-11-21/hr=24')),
    [['unknown_folder', 'dt=2026-11-21/hr=24', undefined]],
  ],
  [
    'a day that does not exist',
    () => move(path(6), path(6, 'dt=2026-02-30/hr=02')),
    [['unknown_folder', 'dt=2026-02-30', undefined]],
  ],
  [
    'a folder within an hour',
    () => storage.files.set(`${folder}/old/x.json`, Buffer.from('x')),
    [['unknown_folder', `${folder}/old`, undefined]],
  ],
  [
    'a file in a folder of days before',
    () => move(path(3), path(3, 'dt=2026-11-19/hr=02')),
    [['wrong_folder', path(3, 'dt=2026-11-19/hr=02'), undefined]],
  ],
  [
    'the newest file in a folder of days before',
    () => move(path(6), path(6, 'dt=2026-11-19/hr=02')),
    [['wrong_folder', path(6, 'dt=2026-11-19/hr=02'), undefined]],
  ],
  [
    'two files of one number',
    () => storage.files.set(path(3, 'dt=2026-11-21/hr=03'), content(3)),
    [['double_number', path(3, 'dt=2026-11-21/hr=03'), undefined]],
  ],
  ['a file that is missing', () => storage.files.delete(path(3)), [['missing_file', path(6), undefined]]],
  [
    'rows that landed twice',
    () => edit(0, lines => [...lines, ...linesOf(content(3)).slice(0, 2)]),
    [['overlap', path(3), undefined]],
  ],
  ['an empty file', () => storage.files.set(path(3), Buffer.alloc(0)), [['empty_file', path(3), undefined]]],
  [
    'a file that is cut off',
    () => storage.files.set(path(3), content(3).subarray(0, -4)),
    [['truncated', path(3), undefined]],
  ],
  [
    'bytes after the last member',
    () => storage.files.set(path(3), Buffer.concat([content(3), Buffer.from('garbage')])),
    [['trailing_bytes', path(3), undefined]],
  ],
  [
    'zeros after the last member',
    () => storage.files.set(path(3), Buffer.concat([content(3), Buffer.alloc(9)])),
    [['trailing_bytes', path(3), undefined]],
  ],
  [
    'a bit that flipped',
    () => storage.files.set(path(3), Buffer.from(content(3)).fill(0xa5, 30, 34)),
    [['corrupt', path(3), undefined]],
  ],
  ['a file that is no gzip', () => storage.files.set(path(3), Buffer.from('{}\n')), [['corrupt', path(3), undefined]]],
  [
    'a last line without its end',
    () => storage.files.set(path(6), gzipSync(linesOf(content(6)).join('\n'))),
    [
      ['no_newline', path(6), 3],
      ['last_line', path(6), undefined],
    ],
  ],
  ['an empty line', () => edit(3, ([a = '', ...rest]) => [a, '', ...rest]), [['empty_line', path(3), 2]]],
  [
    'a raw carriage return',
    () => edit(3, ([a = '', b = '', c = '']) => [a, `${b}\r`, c]),
    [['carriage_return', path(3), 2]],
  ],
  [
    'a line that is not UTF-8',
    () => edit(3, ([a = '', b = '', c = '']) => [a, Buffer.from(b.replace('red', '\xff'), 'latin1'), c]),
    [['not_utf8', path(3), 2]],
  ],
  [
    'a line that is not JSON',
    () => edit(3, ([a = '', b = '', c = '']) => [a, b.slice(0, -9), c]),
    [['not_json', path(3), 2]],
  ],
  ['a line that is no object', () => edit(3, ([a = '', , c = '']) => [a, '[1]', c]), [['not_a_row', path(3), 2]]],
  [
    'a row of another topic',
    () => edit(3, ([a = '', b = '', c = '']) => [a, withRow(b, { topic: 'u' }), c]),
    [['foreign_row', path(3), 2]],
  ],
  [
    'a row of another partition',
    () => edit(3, ([a = '', b = '', c = '']) => [a, withRow(b, { partition: 1 }), c]),
    [['foreign_row', path(3), 2]],
  ],
  [
    'a row of another generation',
    () => edit(3, ([a = '', b = '', c = '']) => [a, withRow(b, { generation: 2 }), c]),
    [['foreign_row', path(3), 2]],
  ],
  [
    'rows in the wrong order',
    () => edit(3, ([a = '', b = '', c = '']) => [b, a, c]),
    [
      ['offsets_missing', path(3), 1],
      ['offset_order', path(3), 2],
    ],
  ],
  ['a row that is missing', () => edit(3, ([a = '', , c = '']) => [a, c]), [['offsets_missing', path(3), 2]]],
  ['a first row that is missing', () => edit(3, ([, b = '', c = '']) => [b, c]), [['offsets_missing', path(3), 1]]],
  ['a last row that is missing', () => edit(3, ([a = '', b = '']) => [a, b]), [['missing_file', path(6), undefined]]],
  [
    'a row that counts too many',
    () => edit(3, ([a = '', b = '', c = '']) => [a, withRow(b, { skipped: 2 }), c]),
    [['offsets_missing', path(3), 2]],
  ],
  [
    'a gap that is none',
    () => storage.files.set(`${folder}/_gap-p00-4-5.json`, Buffer.from('{}\n')),
    [['wrong_gap', `${folder}/_gap-p00-4-5.json`, undefined]],
  ],
]

test.each(damages)('finds %s', async (_, damage, expected) => {
  damage()
  const report = await check()
  expect(found(report)).toEqual(expected)
  expect(report.damaged).toBe(true)
  for (const problem of report.problems) expect(problem.advice).not.toBe('')
})

test('says how to land a damaged file again', async () => {
  storage.files.set(path(3), Buffer.alloc(0))
  const [problem] = (await check()).problems
  expect(problem?.advice).toContain('"clicktrail reload --sink hdfs --partition 0 --from 3"')
})

test('does not advise to land again what lies in a generation whose log is gone', async () => {
  await landAll(sinkInto(storage.store(), { maxRecords: 3, generation: 2 }), logOf([...'rstuvw']))
  await landAll(sinkInto(storage.store()), logOf([...'abc']), { partition: 1 })
  storage.files.set(path(0).replace('p00', 'p01'), Buffer.alloc(0))
  const ofBoth = [...storage.files.keys()].filter(one => one.includes('0003.json.gz'))
  for (const one of ofBoth) storage.files.set(one, Buffer.from('damaged'))
  storage.files.set(path(0), gzipLines(linesOf(content(0)).slice(0, 2)))
  const advice = Object.fromEntries((await check()).problems.map(one => [`${one.generation} ${one.kind}`, one.advice]))
  expect(advice).toEqual({
    '1 missing_file': 'bring the missing file back: its log is gone',
    '1 empty_file': '"clicktrail reload --sink hdfs --partition 1 --from 0"',
    '1 corrupt': 'move it out of the table: its log is gone',
    '2 corrupt': '"clicktrail reload --sink hdfs --partition 0 --from 3 --generation 2"',
  })
})

test('says what is left over without calling it damage', async () => {
  storage.staged.set('old', { content: Buffer.from('x'), writtenMs: logStartMs - 2 * hour })
  storage.staged.set('new', { content: Buffer.from('x'), writtenMs: logStartMs - 1_000 })
  storage.files.set('_SUCCESS', Buffer.alloc(0))
  const report = await check()
  expect(found(report)).toEqual([
    ['hidden_file', '_SUCCESS', undefined],
    ['staged_leftover', 'old', undefined],
  ])
  expect(report.damaged).toBe(false)
})

test('finds a last line that recovery would not find', async () => {
  const plain = path(6).replace('.gz', '')
  const [a, b, c] = linesOf(content(6))
  storage.files.set(plain, Buffer.from(`${a}\n${b}\n${' '.repeat(17_000_000)}${c}\n`))
  storage.files.delete(path(6))
  expect(found(await check())).toEqual([['last_line', plain, undefined]])
})

test('keeps many lines of one kind as one problem', async () => {
  edit(3, lines => lines.map(() => 'x'))
  const [problem] = (await check()).problems
  expect(problem).toMatchObject({ kind: 'not_json', line: 1, count: 3 })
})

test('says that a file can not be read while the storage answers', async () => {
  const report = await check(async (operation, at) => (operation === 'read' && at === path(3) ? 'fails' : undefined))
  expect(found(report)).toEqual([['unreadable', path(3), undefined]])
})

test('tries a read again', async () => {
  let failures = 2
  const report = await check(async operation => (operation === 'read' && failures-- > 0 ? 'fails' : undefined))
  expect(report.problems).toEqual([])
})

test('does not take a storage that is away for a table that is well', async () => {
  let reads = 0
  const away: BeforeCall = async operation => {
    if (operation === 'read') reads++
    return reads > 1 ? 'fails' : undefined
  }
  await expect(check(away)).rejects.toBeInstanceOf(StoreError)
})

test('does not take nothing for a table that is well', async () => {
  storage.files.clear()
  await expect(check()).rejects.toThrow(/there is nothing at/)
})
