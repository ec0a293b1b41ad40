import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  folderOf,
  gapPathOf,
  hourOf,
  type LandedPath,
  mayBeOf,
  parseFolder,
  parseGapPath,
  parsePath,
  pathOf,
} from '../../../../consumers/hdfs/path.ts'

const hourMs = Date.parse('2026-11-21T02:00:00.000Z')
const file: LandedPath = { hourMs, generation: 1, partition: 3, start: 17, format: 'json.gz' }

test.each<[Partial<LandedPath>, string]>([
  [{}, 'dt=2026-11-21/hr=02/events-p03-00000000000000000017.json.gz'],
  [{ format: 'json' }, 'dt=2026-11-21/hr=02/events-p03-00000000000000000017.json'],
  [{ generation: 2 }, 'dt=2026-11-21/hr=02/events-g2-p03-00000000000000000017.json.gz'],
  [{ partition: 100, start: 0 }, 'dt=2026-11-21/hr=02/events-p100-00000000000000000000.json.gz'],
])('names a file of %o', (part, path) => {
  expect(pathOf({ ...file, ...part })).toBe(path)
})

test('tells most names of other partitions without a look at the rest', () => {
  const names = [2, 4, 10, 33, 103].map(partition => pathOf({ ...file, partition, generation: 3 }))
  expect(names.map(name => mayBeOf(3, name))).toEqual([false, false, false, false, false])
})

test('reads back every name that it gives', () => {
  const paths = fc.record<LandedPath>({
    hourMs: fc.integer({ min: 0, max: 2_000_000 }).map(hours => hours * 3_600_000),
    generation: fc.integer({ min: 1, max: 1_000 }),
    partition: fc.nat(5_000),
    start: fc.maxSafeNat(),
    format: fc.constantFrom('json', 'json.gz'),
  })
  fc.assert(
    fc.property(paths, path => {
      expect(parsePath(pathOf(path))).toEqual(path)
      expect(mayBeOf(path.partition, pathOf(path))).toBe(true)
    }),
  )
})

test.each([
  'dt=2026-11-21/hr=02/_gap-p03-5-9.json',
  'dt=2026-11-21/hr=02/events-p03-17.json.gz',
  'dt=2026-11-21/hr=02/events-g1-p03-00000000000000000017.json.gz',
  'dt=2026-11-21/hr=02/events-p03-00000000000000000017.json.gz.tmp',
  'dt=2026-11-21/hr=24/events-p03-00000000000000000017.json.gz',
  'dt=2026-02-30/hr=02/events-p03-00000000000000000017.json.gz',
  '_replaced/dt=2026-11-21/hr=02/events-p03-00000000000000000017.json.gz',
])('takes %s for a stranger', path => {
  expect(parsePath(path)).toBeUndefined()
})

test.each([
  ['2026-11-21T02:00:00.000Z', 'dt=2026-11-21/hr=02'],
  ['2026-11-21T02:59:59.999Z', 'dt=2026-11-21/hr=02'],
  ['2026-12-31T23:59:59.999Z', 'dt=2026-12-31/hr=23'],
])('puts %s into %s', (time, folder) => {
  expect(folderOf(hourOf(Date.parse(time)))).toBe(folder)
  expect(parseFolder(folder)).toBe(hourOf(Date.parse(time)))
})

test('names a gap so that Hive does not look at it', () => {
  expect(gapPathOf({ hourMs, generation: 1, partition: 3, from: 5, to: 9 })).toBe(
    'dt=2026-11-21/hr=02/_gap-p03-5-9.json',
  )
})

test.each([
  { hourMs, generation: 1, partition: 3, from: 5, to: 9 },
  { hourMs, generation: 2, partition: 100, from: 0, to: 0 },
])('reads back the name of the gap %o', gap => {
  expect(parseGapPath(gapPathOf(gap))).toEqual(gap)
})

test.each([
  'dt=2026-11-21/hr=02/_gap-p03-05-9.json',
  'dt=2026-11-21/hr=02/_gap-g1-p03-5-9.json',
  'dt=2026-11-21/hr=24/_gap-p03-5-9.json',
  'dt=2026-11-21/hr=02/_gap-p03-5-9.json.gz',
])('takes %s for no gap', path => {
  expect(parseGapPath(path)).toBeUndefined()
})
