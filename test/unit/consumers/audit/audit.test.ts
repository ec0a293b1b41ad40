import { gzipSync } from 'node:zlib'
import { pino } from 'pino'
import { beforeEach, expect, test } from 'vitest'
import { type AuditOptions, audit } from '../../../../consumers/audit/audit.ts'
import type { LogRecord } from '../../../../topic/topic.ts'
import { type AuditLogInMemory, auditLogOf, type DocumentsInMemory, documentsOf } from '../../../support/audit-peers.ts'
import { landLog } from '../../../support/land-log.ts'
import { gzipLines, linesOf } from '../../../support/landed-table.ts'
import { brokenRecord, eventRecord, logRecord, logRecords } from '../../../support/log-records.ts'
import { createMemoryStorage, type MemoryStorage } from '../../../support/memory-landing-store.ts'

const logger = pino({ level: 'silent' })
let log: AuditLogInMemory
let storage: MemoryStorage
let documents: DocumentsInMemory

/** Two partitions of 40: of the first, offset 12 is a copy of offset 3, and offset 20 is no record. */
beforeEach(async () => {
  const records: LogRecord[][] = [logRecords(0, 0, 40), logRecords(1, 0, 40)]
  const first = records[0] ?? []
  first[12] = logRecord(0, 12, { sequence: 4 })
  first[20] = brokenRecord(20)
  log = auditLogOf(records)
  for (const store of ['hdfs', 'elasticsearch'] as const) log.bury(store, 0, 20, 'undecodable')
  storage = createMemoryStorage()
  documents = documentsOf(records)
  await land()
})

async function land(options: { generation?: number } = {}): Promise<void> {
  await landLog(log.records, { store: storage.store(), topic: 't', logger, maxRecords: 10, ...options })
}

const run = (options: Partial<AuditOptions> = {}) => audit({ log, store: storage.store(), documents, ...options })
const eventOf = (partition: number, offset: number) =>
  eventRecord({ ...tabAt(partition), sequence: offset + 1 }).event.id
const tabAt = (partition: number) => {
  const id = JSON.parse(String(logRecord(partition, 0).value)).tab.id
  return { tab: String(id) }
}

/** The file whose number is `start`. */
const fileAt = (partition: number, start: number) =>
  [...storage.files.keys()].find(path => path.includes(`p0${partition}-${String(start).padStart(20, '0')}`)) ?? ''

/** Takes the row of an offset out of a file. */
function dropRow(partition: number, offset: number): void {
  for (const [path, content] of storage.files) {
    if (!path.includes(`p0${partition}-`)) continue
    const lines = linesOf(content)
    const left = lines.filter(line => !line.includes(`"offset":${offset},`) && !line.includes(`"offset":${offset}}`))
    if (left.length < lines.length) storage.files.set(path, left.length > 0 ? gzipLines(left) : gzipSync(''))
  }
}

const short = async (options: Partial<AuditOptions> = {}) =>
  (await run(options)).findings.map(
    ({ kind, store, partition, from, to, events }) =>
      `${kind} ${store} ${partition}/${from}-${to} ${events.map(one => one.eventId).join(',')}`,
  )

test('finds nothing where copies, dead letters and all the rest are accounted for', async () => {
  expect(await run()).toMatchObject({
    clean: true,
    findings: [],
    partitions: [
      {
        partition: 0,
        hdfs: { from: 0, to: 40, stored: 38, explained: 2, missing: 0 },
        elasticsearch: { from: 0, to: 40, stored: 38, explained: 2, missing: 0 },
      },
      { partition: 1, hdfs: { stored: 40, explained: 0 }, elasticsearch: { stored: 40, explained: 0 } },
    ],
  })
})

test('asks Elasticsearch for nothing but a number where no document is absent', async () => {
  await run({ partition: 1 })
  expect(documents.calls).toEqual([])
})

test('names the document that is missing, and what to do', async () => {
  documents.stored.delete(eventOf(1, 17))
  expect(await short()).toEqual([`missing elasticsearch 1/17-17 ${eventOf(1, 17)}`])
  expect((await run()).findings[0]?.advice).toContain(
    '"clicktrail reload --sink elasticsearch --partition 1 --from 17"',
  )
})

test.each([
  ['in the middle of a file', 0, 5],
  ['at the end of a file', 1, 9],
  ['at the begin of a file', 1, 10],
  ['that is the first of all', 1, 0],
  ['that is the last of all', 1, 39],
  ['behind a copy', 0, 13],
  ['behind a dead letter', 0, 21],
])('names the row that is missing %s', async (_, partition, offset) => {
  dropRow(partition, offset)
  expect(await short()).toEqual([`missing hdfs ${partition}/${offset}-${offset} ${eventOf(partition, offset)}`])
  const [finding] = (await run()).findings
  expect(finding?.advice).toContain(`"clicktrail reload --sink hdfs --partition ${partition} --from ${offset}"`)
})

test.each([10, 30])('names each event of the file %i that is gone', async start => {
  storage.files.delete(fileAt(1, start))
  const report = await run()
  expect(report.findings).toMatchObject([{ store: 'hdfs', partition: 1, from: start, to: start + 9 }])
  expect(report.findings[0]?.events.at(-1)).toEqual({ offset: start + 9, eventId: eventOf(1, start + 9) })
})

test('counts as missing what lies behind damage in a file', async () => {
  storage.files.set(fileAt(1, 10), Buffer.from('damaged'))
  expect((await run()).findings).toMatchObject([{ store: 'hdfs', partition: 1, from: 10, to: 19 }])
})

test.each(['hdfs', 'elasticsearch'] as const)('takes what %s has not committed for no mismatch', async store => {
  log.commits.get(store)?.set(1, 30)
  storage.files.delete(fileAt(1, 30))
  for (let offset = 30; offset < 40; offset++) documents.stored.delete(eventOf(1, offset))
  log.commits.get(store === 'hdfs' ? 'elasticsearch' : 'hdfs')?.set(1, 30)
  expect(await short()).toEqual([])
})

test('says nothing of a storage that is not looked at, or whose writer has done nothing', async () => {
  documents.stored.delete(eventOf(1, 17))
  dropRow(1, 5)
  expect(await short({ store: undefined })).toEqual([`missing elasticsearch 1/17-17 ${eventOf(1, 17)}`])
  expect(await short({ documents: undefined })).toEqual([`missing hdfs 1/5-5 ${eventOf(1, 5)}`])
  log.commits.get('elasticsearch')?.clear()
  const report = await run()
  expect(report.partitions[1]?.elasticsearch).toBeUndefined()
  expect(report.unaudited).toEqual(['elasticsearch'])
  expect((await run({ documents: undefined })).unaudited).toEqual([])
})

test('misses the record that nobody could read and no dead letter keeps', async () => {
  const bare = auditLogOf(log.records)
  expect(await short({ log: bare })).toEqual(['missing elasticsearch 0/20-20 '])
})

test('takes a letter of an earlier topic for none', async () => {
  const later = log.records.map(records => records.map(one => ({ ...one, timestampMs: one.timestampMs + 3_600_000 })))
  const made = Object.assign(auditLogOf(later), { letters: log.letters })
  expect(await short({ log: made, store: undefined })).toEqual(['missing elasticsearch 0/20-20 '])
})

test('looks at the wanted partition and offsets alone', async () => {
  documents.stored.delete(eventOf(1, 17))
  dropRow(1, 5)
  expect(await short({ partition: 0 })).toEqual([])
  expect(await short({ from: 6, to: 17 })).toEqual([])
  expect(await short({ from: 5, to: 6 })).toEqual([`missing hdfs 1/5-5 ${eventOf(1, 5)}`])
  const sinceMs = logRecord(1, 6).timestampMs
  expect(await short({ sinceMs })).toEqual([`missing elasticsearch 1/17-17 ${eventOf(1, 17)}`])
})

test('rejects where a partition is wanted that neither the topic nor the files have', async () => {
  await expect(run({ partition: 2 })).rejects.toThrow('there is no partition 2: t has 2')
  log.records.pop()
  expect((await run({ partition: 1 })).partitions).toHaveLength(1)
})

test('names what is no longer on the topic by what the other storage holds', async () => {
  log.lows.set(0, 40)
  log.lows.set(1, 40)
  documents.stored.delete(eventOf(1, 17))
  dropRow(1, 25)
  const { findings } = await run()
  expect(findings).toMatchObject([
    { store: 'hdfs', from: 25, to: 25, events: [{ eventId: eventOf(1, 25) }] },
    { store: 'elasticsearch', from: 17, to: 17, events: [{ eventId: eventOf(1, 17) }] },
  ])
  expect(findings.map(one => one.advice)).toEqual([
    expect.stringContaining('no longer on the topic'),
    expect.stringContaining('no longer on the topic'),
  ])
})

test('does not expect of Elasticsearch what was landed before its writer began', async () => {
  log.lows.set(1, 20)
  for (let offset = 0; offset < 15; offset++) documents.stored.delete(eventOf(1, offset))
  expect(await short()).toEqual([])
  for (let offset = 15; offset < 30; offset++) documents.stored.delete(eventOf(1, offset))
  expect((await run()).findings).toMatchObject([{ from: 20, to: 29 }])
})

test('says that rows lie there twice', async () => {
  const path = fileAt(1, 10)
  const lines = linesOf(storage.files.get(path) ?? Buffer.alloc(0))
  storage.files.set(path, gzipLines([...lines, ...lines.slice(4, 5)]))
  expect(await short()).toEqual(['doubled hdfs 1/14-14 '])
})

test('says that the topic ends before what is committed', async () => {
  log.records[1]?.splice(30)
  expect(await short()).toEqual(['lost hdfs 1/30-39 ', 'lost elasticsearch 1/30-39 '])
  expect((await run()).totals).toMatchObject({ hdfs: { lost: 10 }, elasticsearch: { lost: 10 } })
})

test('compares a topic that was made again by its events, not by its offsets', async () => {
  const old = log.records[1] ?? []
  log.records[1] = old.map(({ offset }) => logRecord(1, offset, { sequence: offset + 1_001 }))
  log.records[0] = []
  for (const { id } of log.records[1].map(({ value }) => JSON.parse(String(value)).event))
    documents.stored.set(String(id), { partition: 1, offset: Number(String(id).split('-')[1]) - 1_001 })
  log.commits.get('hdfs')?.delete(0)
  log.commits.get('elasticsearch')?.delete(0)
  await land({ generation: 2 })
  expect(await short()).toEqual([])
  const id = eventRecord({ ...tabAt(1), sequence: 1_008 }).event.id
  documents.stored.delete(id)
  expect(await short()).toEqual([`missing elasticsearch 1/7-7 ${id}`])
})

test('looks through the files of a generation whose log is gone', async () => {
  dropRow(0, 33)
  log.records[0] = logRecords(0, 0, 5)
  log.commits.get('hdfs')?.set(0, 5)
  await land({ generation: 2 })
  const { findings, partitions } = await run({ documents: undefined })
  expect(findings).toMatchObject([{ store: 'hdfs', generation: 1, partition: 0, from: 33, to: 33 }])
  expect(partitions.map(one => `${one.generation}/${one.partition} ${one.hdfs?.stored}`)).toEqual([
    '1/0 37',
    '1/1 40',
    '2/0 5',
    '2/1 40',
  ])
})

test('takes the commit of an earlier generation for none', async () => {
  log.records[1] = []
  log.commits.get('elasticsearch')?.clear()
  expect((await run({ generation: 2 })).findings).toEqual([])
})

test('takes days that were dropped for their age for no mismatch', async () => {
  const day = 86_400_000
  log.records[1] = logRecords(1, 0, 40).map(one => ({
    ...one,
    timestampMs: one.timestampMs + (one.offset < 20 ? 0 : day),
  }))
  storage.files.clear()
  await land()
  for (const path of [...storage.files.keys()])
    if (path.includes('p01-') && path < 'dt=2026-11-22') storage.files.delete(path)
  expect((await run()).findings).toMatchObject([{ partition: 1, from: 0, to: 19 }])
  for (const path of [...storage.files.keys()]) if (path < 'dt=2026-11-22') storage.files.delete(path)
  const { partitions, findings } = await run({ partition: 1 })
  expect(findings).toEqual([])
  expect(partitions[0]?.hdfs).toMatchObject({ stored: 20, dropped: 20 })
})

test('rejects, and calls nothing missing, when a storage does not answer', async () => {
  const store = storage.store(async operation => (operation === 'read' ? 'fails' : undefined))
  await expect(run({ store })).rejects.toThrow()
  await expect(run({ documents: { ...documents, counts: () => Promise.reject(new Error('away')) } })).rejects.toThrow(
    'away',
  )
})
