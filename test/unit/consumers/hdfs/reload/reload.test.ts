import { beforeEach, expect, test } from 'vitest'
import { checkTable } from '../../../../../consumers/hdfs/check/check.ts'
import { planReload, type ReloadRequest } from '../../../../../consumers/hdfs/reload/plan.ts'
import { reload } from '../../../../../consumers/hdfs/reload/reload.ts'
import type { StoppedGroup } from '../../../../../topic/stopped-group.ts'
import { landAll, linesOf, sinkInto } from '../../../../support/landed-table.ts'
import { logOf } from '../../../../support/landing-log.ts'
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
    bounds: { low: 0, high: 9 },
    ...request,
  })
const check = () => checkTable({ store: storage.store(), topic: 't' })

/** A group that nobody is in, and what it committed. */
function groupOf(commits: [number, number][], requireStopped = async () => {}): StoppedGroup {
  return {
    group: 't-hdfs',
    requireStopped,
    bounds: async () => ({ low: 0, high: 9 }),
    commit: async (partition, next) => void commits.push([partition, next]),
    close: async () => {},
  }
}

async function run(from: number, { before, name = 'run-1' }: { before?: BeforeCall; name?: string } = {}) {
  const commits: [number, number][] = []
  await reload(await planOf(from), { store: storage.store(before), group: groupOf(commits), partition: 0, name })
  return commits
}
const offsetsLanded = () =>
  [...storage.files.values()]
    .flatMap(linesOf)
    .map(line => JSON.parse(line).kafka.offset)
    .sort((a, b) => a - b)

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
    expect(commits).toEqual([[0, start]])
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
  expect(await run(0, { name: 'run-2' })).toEqual([[0, 0]])
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

test('leaves other partitions and generations alone', async () => {
  await landAll(sinkInto(storage.store(), options), log, { partition: 1 })
  await landAll(sinkInto(storage.store(), { ...options, generation: 2 }), log)
  await run(0)
  const report = await check()
  expect(report.problems).toEqual([])
  expect(report.chains.map(({ partition, generation, rows }) => [partition, generation, rows])).toEqual([
    [1, 1, 9],
    [0, 2, 9],
  ])
})

test.each<[string, number, Partial<ReloadRequest>, RegExp]>([
  ['an offset that has not landed', 9, {}, /offset 9 has not landed yet: the newest file ends at 8/],
  ['a partition without a file', 0, { partition: 7 }, /partition 7 of t has no file/],
  ['records that the topic no longer holds', 4, { bounds: { low: 4, high: 9 } }, /begins at 4: .* lost\. .*--from 6/],
  ['a log that is another', 8, { bounds: { low: 0, high: 3 } }, /ends at 3: .*CLICKTRAIL_GENERATION=2/],
])('refuses %s', async (_, from, request, message) => {
  await expect(planOf(from, request)).rejects.toMatchObject({
    name: 'ReloadRefused',
    message: expect.stringMatching(message),
  })
})

test('a later generation without a file begins where the log does', async () => {
  await landAll(sinkInto(storage.store(), { maxRecords: 3, generation: 2 }), log, { low: 2 })
  expect(await planOf(2, { generation: 2, bounds: { low: 1, high: 9 } })).toMatchObject({ next: 1, after: undefined })
})

test('refuses an offset before the oldest file', async () => {
  storage.files.delete(path(0))
  await expect(planOf(1)).rejects.toThrow(/begins at 3: use --from 3/)
})

test('refuses to leave a file that the writer could not go on from', async () => {
  storage.files.set(path(3), Buffer.from('damaged'))
  await expect(planOf(7)).rejects.toThrow(/could not go on from .*0003\.json\.gz, the newest file left: use --from 3/)
})
