import { beforeEach, expect, test } from 'vitest'
import { checkTable } from '../../../../consumers/hdfs/check/check.ts'
import { planRetention, retain } from '../../../../consumers/hdfs/retain.ts'
import { readTable } from '../../../../consumers/hdfs/table.ts'
import { landAll, sinkInto } from '../../../support/landed-table.ts'
import { logOf, logStartMs } from '../../../support/landing-log.ts'
import { createMemoryStorage, type MemoryStorage } from '../../../support/memory-landing-store.ts'

const day = 86_400_000
/** Two records a day, from 2026-11-21 on; the last one on the 25th. */
const log = logOf([...'abcdefghij'], offset => logStartMs + Math.floor(offset / 2) * day)
const evening = Date.parse('2026-11-25T23:59:59.999Z')

let storage: MemoryStorage
beforeEach(async () => {
  storage = createMemoryStorage()
  await landAll(sinkInto(storage.store()), log)
})

const planAt = async (nowMs: number, days: number) => planRetention(await readTable(storage.store()), { days, nowMs })
const daysLeft = () => [...new Set([...storage.files.keys()].map(path => path.slice(0, 'dt=2026-11-21'.length)))]

async function run(nowMs: number, days: number) {
  const plan = await planAt(nowMs, days)
  await retain(storage.store(), plan)
  return plan
}

test('drops the days that are older, by the day in UTC', async () => {
  const plan = await run(evening, 2)
  expect(plan.drop.map(one => one.day)).toEqual(['dt=2026-11-21', 'dt=2026-11-22'])
  expect(daysLeft()).toEqual(['dt=2026-11-23', 'dt=2026-11-24', 'dt=2026-11-25'])
  expect((await run(evening + 1, 2)).drop.map(one => one.day)).toEqual(['dt=2026-11-23'])
})

test('leaves a table that is well', async () => {
  await run(evening, 2)
  expect(await checkTable({ store: storage.store(), topic: 't' })).toMatchObject({ problems: [], damaged: false })
})

test('counts folders, files and bytes of what goes, gap files among them', async () => {
  storage.files.set('dt=2026-11-21/hr=05/_gap-p00-2-3.json', Buffer.from('123'))
  const [first] = (await planAt(evening, 3)).drop
  const length = [...storage.files].find(([path]) => path.startsWith('dt=2026-11-21/hr=02'))?.[1].length ?? 0
  expect(first).toEqual({ day: 'dt=2026-11-21', folders: 2, files: 2, bytes: length + 3 })
})

test.each([
  'dt=2026-11-21/notes.txt',
  'dt=2026-11-21/hr=02/_SUCCESS',
  'dt=2026-11-21/hr=02/part-0.json.gz',
  'dt=2026-11-21/hr=99/x',
])('keeps a day that holds %s, and names it', async stranger => {
  storage.files.set(stranger, Buffer.from('x'))
  const plan = await run(evening, 2)
  expect(plan.keep).toEqual([{ day: 'dt=2026-11-21', why: expect.stringContaining(stranger.replace('/x', '')) }])
  expect(daysLeft()).toEqual(['dt=2026-11-21', 'dt=2026-11-23', 'dt=2026-11-24', 'dt=2026-11-25'])
})

test.each(['notes.txt', 'archive/dt=2026-11-21/x', 'dt=2020-02-30/hr=00/x', '_old/x'])(
  'never touches %s',
  async stranger => {
    storage.files.set(stranger, Buffer.from('x'))
    await run(evening + 1_000 * day, 1)
    expect(storage.files.has(stranger)).toBe(true)
  },
)

test('keeps the newest file of each partition, however old, so that the writer goes on after it', async () => {
  await landAll(sinkInto(storage.store()), log.slice(0, 4), { partition: 1 })
  const plan = await run(evening + 100 * day, 90)
  expect(plan.keep.map(one => one.day)).toEqual(['dt=2026-11-22', 'dt=2026-11-25'])
  const sink = sinkInto(storage.store(), { windowOffsets: 1 })
  const { signal } = new AbortController()
  // The commit is gone: without a file, everything on the log would land again.
  expect(await sink.start(0, { low: 0, high: 10, committed: undefined }, signal)).toBe(9)
  expect(await sink.start(1, { low: 0, high: 4, committed: undefined }, signal)).toBe(3)
})

test('lets the newest file of an earlier generation go', async () => {
  await landAll(
    sinkInto(storage.store(), { generation: 2 }),
    logOf(['x'], () => logStartMs + 50 * day),
  )
  const plan = await run(evening + 200 * day, 90)
  expect(plan.keep.map(one => one.day)).toEqual(['dt=2027-01-10'])
  expect(daysLeft()).toEqual(['dt=2027-01-10'])
})

test('a writer goes on at the commit where a partition has no file left', async () => {
  for (const { name } of await storage.store().list('')) await storage.store().removeFolder(name)
  const more = logOf([...'abcdefghijkl'], offset => logStartMs + Math.floor(offset / 2) * day)
  await landAll(sinkInto(storage.store(), { windowOffsets: 3 }), more, { committed: 10 })
  const report = await checkTable({ store: storage.store(), topic: 't' })
  expect(report).toMatchObject({ problems: [], chains: [{ from: 10, to: 11, rows: 2 }] })
})
