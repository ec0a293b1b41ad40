import { beforeEach, expect, test } from 'vitest'
import { checkTable } from '../../../../../consumers/hdfs/check/check.ts'
import { planReload, type ReloadRequest } from '../../../../../consumers/hdfs/reload/plan.ts'
import { reload } from '../../../../../consumers/hdfs/reload/reload.ts'
import { commitMetadata } from '../../../../../consumers/sink.ts'
import type { StoppedGroup } from '../../../../../topic/stopped-group.ts'
import type { Committed, LogRecord } from '../../../../../topic/topic.ts'
import { landAll, linesOf, sinkInto } from '../../../../support/landed-table.ts'
import { logOf, logStartMs } from '../../../../support/landing-log.ts'
import { type BeforeCall, createMemoryStorage, type MemoryStorage } from '../../../../support/memory-landing-store.ts'

const folder = 'dt=2026-11-21/hr=02'
const path = (start: number) => `${folder}/events-p00-${String(start).padStart(20, '0')}.json.gz`
const log = logOf([...'abcdefghi'])
/** Otherwise cut than the files that lie there. */
const options = { maxRecords: 2, windowOffsets: 3 }

let storage: MemoryStorage
/** Files of three rows: 0–2, 3–5, 6–8. */
beforeEach(async () => {
  storage = createMemoryStorage()
  await landAll(sinkInto(storage.store(), { maxRecords: 3 }), log)
})

const planOf = (from: number, request: Partial<ReloadRequest> = {}) =>
  planReload(storage.store(), {
    topic: 't',
    partition: 0,
    generation: 1,
    from,
    ...on(log),
    ...request,
  })
/** What a plan is told of a log, from `low` on. */
const on = (records: readonly LogRecord[], low = 0) => ({
  bounds: { low, high: records.length },
  async recordAt(offset: number) {
    if (offset < low || offset >= records.length) throw new Error(`waited in vain for offset ${offset}`)
    return records[offset]
  },
})
const check = () => checkTable({ store: storage.store(), topic: 't' })

/** A group that nobody is in, and what it committed. */
function groupOf(commits: [number, Committed][], requireStopped = async () => {}): StoppedGroup {
  return {
    group: 't-hdfs',
    requireStopped,
    bounds: async () => ({ low: 0, high: 9 }),
    positions: async () => new Map(),
    offsetsAt: async () => new Map(),
    recordAt: async (_, offset) => log[offset],
    commit: async (partition, next) => void commits.push([partition, next]),
    close: async () => {},
  }
}

interface RunOptions {
  before?: BeforeCall
  name?: string
  request?: Partial<ReloadRequest>
}

async function run(from: number, { before, name = 'run-1', request }: RunOptions = {}) {
  const commits: [number, Committed][] = []
  await reload(await planOf(from, request), {
    store: storage.store(before),
    group: groupOf(commits),
    partition: 0,
    name,
  })
  return commits
}
const offsetsLanded = () =>
  [...storage.files.values()]
    .flatMap(linesOf)
    .map(line => JSON.parse(line).kafka.offset)
    .sort((a, b) => a - b)

const eventsLanded = () =>
  [...storage.files.values()]
    .flatMap(linesOf)
    .map(line => JSON.parse(line))
    .sort((a, b) => a.kafka.offset - b.kafka.offset)
    .map(row => row.event.id)

test.each([
  [8, [6], 6],
  [6, [6], 6],
  [5, [6, 3], 3],
  [0, [6, 3, 0], 0],
])('moves, from the one that holds offset %i on, the files %j, the newest first', async (from, starts, next) => {
  const plan = await planOf(from)
  expect(plan.move.map(file => file.start)).toEqual(starts)
  expect(plan.next).toBe(next)
})

test.each([7, 4, 1])(
  'a writer lands every offset once again after a reload from the damaged file of offset %i',
  async from => {
    const start = from - (from % 3)
    storage.files.set(path(start), Buffer.from('damaged'))
    expect((await check()).damaged).toBe(true)
    const commits = await run(from)
    const metadata = start === 0 ? '' : commitMetadata(logStartMs, 'abcdefghi'.charAt(start - 1))
    expect(commits).toEqual([[0, { next: start, metadata }]])
    await landAll(sinkInto(storage.store(), options), log, { committed: start })
    expect(await check()).toMatchObject({ problems: [], chains: [{ rows: 9, from: 0, to: 8 }] })
    expect(offsetsLanded()).toEqual(log.map(record => record.offset))
    expect(String(storage.replaced.get(`run-1/${path(start)}`))).toBe('damaged')
  },
)

test('a run that is cut short leaves a table that a writer, or another run, goes on from', async () => {
  let moves = 0
  const broken = run(0, {
    before: async operation => (operation === 'setAside' && ++moves === 2 ? 'fails' : undefined),
  })
  await expect(broken).rejects.toMatchObject({ name: 'StoreError' })
  expect([...storage.files.keys()]).toEqual([path(0), path(3)])
  expect((await check()).problems).toEqual([])
  expect(await run(0, { name: 'run-2' })).toEqual([[0, { next: 0, metadata: '' }]])
  await landAll(sinkInto(storage.store(), options), log, { committed: 0 })
  expect(offsetsLanded()).toEqual(log.map(record => record.offset))
})

test('commits before it moves: without a file, a commit that lies beyond would lose records', async () => {
  const order: string[] = []
  const group = groupOf([])
  await reload(await planOf(0), {
    store: storage.store(),
    group: { ...group, commit: async () => void order.push('commit') },
    partition: 0,
    name: 'run-1',
    onMoved: () => order.push('moved'),
  })
  expect(order).toEqual(['commit', 'moved', 'moved', 'moved'])
})

test('moves nothing while a writer runs', async () => {
  const group = groupOf([], async () => {
    throw new Error('t-hdfs has 1 running')
  })
  const moving = reload(await planOf(0), { store: storage.store(), group, partition: 0, name: 'run-1' })
  await expect(moving).rejects.toThrow('has 1 running')
  expect(storage.files.size).toBe(3)
})

test('moves both of two files of one number', async () => {
  storage.files.set(path(3).replace('hr=02', 'hr=03'), storage.files.get(path(3)) ?? Buffer.alloc(0))
  expect((await planOf(4)).move.map(file => file.start)).toEqual([6, 3, 3])
})

test('leaves other partitions and the generations before alone', async () => {
  const again = logOf([...'rstuvwxyz'])
  await landAll(sinkInto(storage.store(), options), log, { partition: 1 })
  await landAll(sinkInto(storage.store(), { ...options, generation: 2 }), again)
  await run(0, { request: { generation: 2, ...on(again) } })
  const report = await check()
  expect(report.problems).toEqual([])
  expect(report.chains.map(({ partition, generation, rows }) => [partition, generation, rows])).toEqual([
    [0, 1, 9],
    [1, 1, 9],
  ])
})

test('takes nothing of a generation whose log is gone: nobody would land it again', async () => {
  const again = logOf([...'rstuvwxyz'])
  await landAll(sinkInto(storage.store(), { ...options, generation: 2 }), again)
  await expect(planOf(4, on(again))).rejects.toMatchObject({
    name: 'ReloadRefused',
    message: expect.stringMatching(/generation 2 has files, .*-g2-.*Move a damaged file out of the table/),
  })
})

test('lets a partition go on whose log has lost its newest records, from the first lost offset', async () => {
  const cut = log.slice(0, 7)
  await expect(landAll(sinkInto(storage.store(), options), cut)).rejects.toThrow(/ends before offset 9/)
  const plan = await planOf(7, on(cut))
  expect(plan).toMatchObject({ next: 6, metadata: commitMetadata(logStartMs, 'f'), gone: { from: 7, to: 8 } })
  await run(7, { request: on(cut) })
  const grown = logOf([...'abcdefgxyz'])
  await landAll(sinkInto(storage.store(), options), grown, { committed: 6 })
  expect(await check()).toMatchObject({ problems: [], chains: [{ rows: 10, from: 0, to: 9 }] })
  expect(eventsLanded()).toEqual([...'abcdefgxyz'])
})

test('lets it go on as well where other records took the place of those lost', async () => {
  const grown = logOf([...'abcdexyzuvw'])
  await expect(landAll(sinkInto(storage.store(), options), grown)).rejects.toThrow(/not the one that landed/)
  await expect(planOf(7, on(grown))).rejects.toThrow(/holds event x, but .*0003\.json\.gz says f: .*: --from 3\./)
  await run(3, { request: on(grown) })
  await landAll(sinkInto(storage.store(), options), grown, { committed: 3 })
  expect(eventsLanded()).toEqual([...'abcdexyzuvw'])
})

test.each([
  [9, undefined],
  [8, { from: 8, to: 8 }],
  [2, { from: 2, to: 8 }],
])('of a log that ends at %i, says that %j is gone', async (high, gone) => {
  expect((await planOf(Math.min(high, 8), on(log.slice(0, high)))).gone).toEqual(gone)
})

/** Nothing of it landed. */
const made = logOf(log.map((_, offset) => `new-${offset}`))

test.each<[string, number, Partial<ReloadRequest>, RegExp]>([
  ['an offset that has not landed', 9, {}, /offset 9 has not landed yet: the newest file ends at 8/],
  ['a partition without a file', 0, { partition: 7 }, /partition 7 of t has no file/],
  ['records that the topic no longer holds', 4, { bounds: { low: 4, high: 9 } }, /begins at 4: .* lost\. .*--from 6/],
  ['an offset that the log has lost, with lost ones before it', 8, on(log.slice(0, 4)), /ends at 4\. .*: --from 4\. /],
  ['a log that was made again', 7, on(made), /holds event new-5, but .* says f: .*CLICKTRAIL_GENERATION=2/],
  [
    'a log that was made again, where no file would be left',
    0,
    on(made),
    /holds nothing of what landed .*GENERATION=2/,
  ],
  ['a log that was made again and is empty', 0, on([]), /holds nothing of what landed/],
  ['a log that was made again, with nothing before', 4, on(made, 3), /holds nothing of what landed from offset 3 on/],
])('refuses %s', async (_, from, request, message) => {
  await expect(planOf(from, request)).rejects.toMatchObject({
    name: 'ReloadRefused',
    message: expect.stringMatching(message),
  })
})

test('a later generation without a file begins where the log does', async () => {
  await landAll(sinkInto(storage.store(), { maxRecords: 3, generation: 2 }), log, { low: 2 })
  const plan = await planOf(2, { generation: 2, ...on(log, 1) })
  expect(plan).toMatchObject({ next: 1, metadata: '', after: undefined })
})

test('knows the log by the files behind where the first is damaged, and takes it on trust where all are', async () => {
  storage.files.set(path(0), Buffer.from('damaged'))
  expect((await planOf(0)).next).toBe(0)
  await expect(planOf(0, on(made))).rejects.toThrow(/holds nothing of what landed/)
  for (const start of [3, 6]) storage.files.set(path(start), Buffer.from('damaged'))
  expect((await planOf(0)).next).toBe(0)
})

test('refuses an offset before the oldest file', async () => {
  storage.files.delete(path(0))
  await expect(planOf(1)).rejects.toThrow(/begins at 3: use --from 3/)
})

test('refuses to leave a file that the writer could not go on from', async () => {
  storage.files.set(path(3), Buffer.from('damaged'))
  await expect(planOf(7)).rejects.toThrow(/could not go on from .*0003\.json\.gz, the newest file left: use --from 3/)
})
