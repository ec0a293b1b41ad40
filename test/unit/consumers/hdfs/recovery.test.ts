import { expect, test } from 'vitest'
import { parsePath } from '../../../../consumers/hdfs/path.ts'
import { findNewest, newestOf } from '../../../../consumers/hdfs/recovery.ts'
import { createMemoryStorage } from '../../../support/memory-landing-store.ts'

const key = { partition: 0, generation: 1 }
const nameOf = (start: number, tag = 'p00') => `events-${tag}-${String(start).padStart(20, '0')}.json`

function storeWith(paths: readonly string[]) {
  const listed: string[] = []
  const storage = createMemoryStorage()
  for (const path of paths) storage.files.set(path, Buffer.from('x'))
  const store = storage.store(async (_, path) => {
    listed.push(path)
    return undefined
  })
  return { store, listed }
}

test.each([
  { name: 'nothing in an empty table', paths: [], found: undefined },
  {
    name: 'the highest number, not the newest hour',
    paths: [`dt=2026-11-21/hr=01/${nameOf(20)}`, `dt=2026-11-21/hr=02/${nameOf(10)}`],
    found: `dt=2026-11-21/hr=01/${nameOf(20)}`,
  },
  {
    name: 'a file of the day before within 24 hours',
    paths: [`dt=2026-11-20/hr=02/${nameOf(20)}`, `dt=2026-11-21/hr=02/${nameOf(10)}`],
    found: `dt=2026-11-20/hr=02/${nameOf(20)}`,
  },
  {
    name: 'no file that is older than 24 hours',
    paths: [`dt=2026-11-20/hr=01/${nameOf(20)}`, `dt=2026-11-21/hr=02/${nameOf(10)}`],
    found: `dt=2026-11-21/hr=02/${nameOf(10)}`,
  },
  {
    name: 'an old file when there is no other',
    paths: [`dt=2025-01-01/hr=02/${nameOf(7)}`, `dt=2026-11-21/hr=02/${nameOf(10, 'p01')}`],
    found: `dt=2025-01-01/hr=02/${nameOf(7)}`,
  },
  {
    name: 'a file of a later generation first',
    paths: [`dt=2026-11-20/hr=23/${nameOf(3, 'g2-p00')}`, `dt=2026-11-21/hr=02/${nameOf(9)}`],
    found: `dt=2026-11-20/hr=23/${nameOf(3, 'g2-p00')}`,
  },
  {
    name: 'no file of a stranger',
    paths: [
      `dt=2026-11-21/hr=02/${nameOf(9, 'g2-p01')}`,
      'dt=2026-11-21/hr=02/_gap-p00-0-5.json',
      'notes/readme.txt',
      'dt=2026-11-21/x',
    ],
    found: undefined,
  },
])('finds $name', async ({ paths, found }) => {
  expect((await findNewest(storeWith(paths).store, key))?.path).toBe(found)
})

test('says below which hour it looked for no file, by the newest folder and not by the file found', async () => {
  const paths = [`dt=2026-11-21/hr=01/${nameOf(20)}`, `dt=2026-11-21/hr=02/${nameOf(10)}`]
  const newest = await findNewest(storeWith(paths).store, key)
  expect(newest).toMatchObject({ start: 20, floorMs: Date.parse('2026-11-20T02:00:00.000Z') })
})

test('finds no file of an earlier generation', async () => {
  const paths = [`dt=2026-11-21/hr=02/${nameOf(9)}`, `dt=2026-11-20/hr=02/${nameOf(3, 'g2-p00')}`]
  const newest = await findNewest(storeWith(paths).store, { partition: 0, generation: 2 })
  expect(newest?.path).toBe(paths[1])
})

test('stops looking below the last 24 hours', async () => {
  const days = Array.from({ length: 20 }, (_, day) => `dt=2026-11-${String(day + 1).padStart(2, '0')}`)
  const { store, listed } = storeWith(days.map((day, index) => `${day}/hr=05/${nameOf(index)}`))
  await findNewest(store, key)
  expect(listed).toEqual(['', 'dt=2026-11-20', 'dt=2026-11-20/hr=05', 'dt=2026-11-19', 'dt=2026-11-19/hr=05'])
})

test('takes the highest number among files of many hours', () => {
  const files = [3, 1, 2]
    .map(hour => parsePath(`dt=2026-11-21/hr=0${hour}/${nameOf(hour * 100)}`))
    .filter(file => file !== undefined)
  expect(newestOf(files)?.start).toBe(300)
  expect(newestOf([])).toBeUndefined()
})
