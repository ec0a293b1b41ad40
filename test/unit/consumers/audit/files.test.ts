import { expect, test } from 'vitest'
import { coverFiles, type FilesOfKey, filesOf, landedRecords } from '../../../../consumers/audit/files.ts'
import type { FoundFile } from '../../../../consumers/hdfs/recovery.ts'
import { eventRecord, logStartMs } from '../../../support/log-records.ts'
import { createMemoryStorage } from '../../../support/memory-landing-store.ts'

const fileFrom = (start: number, more: Partial<FoundFile> = {}): FoundFile => ({
  path: `f${start}`,
  length: 1,
  hourMs: logStartMs,
  generation: 1,
  partition: 0,
  format: 'json',
  start,
  ...more,
})

test('takes the files of a span, all of one number, and those whose rows may reach into it', () => {
  const files = [0, 10, 10, 20, 20, 30].map(start => fileFrom(start))
  const starts = (from: number, to: number) => filesOf(files, { from, to }).map(file => file.start)
  expect(starts(15, 16)).toEqual([10, 10])
  expect(starts(9, 21)).toEqual([0, 10, 10, 20, 20])
  expect(starts(10, 20)).toEqual([10, 10])
  expect(starts(99, 100)).toEqual([30])
  expect(filesOf([], { from: 0, to: 1 })).toEqual([])
})

test('looks at each of many files a few times, not at all others for each', () => {
  let looks = 0
  const files = new Proxy(
    Array.from({ length: 1_000 }, (_, n) => fileFrom(n * 10)),
    {
      get(target, key, receiver) {
        looks++
        return Reflect.get(target, key, receiver)
      },
    },
  )
  expect(filesOf(files, { from: 0, to: 10_000 })).toHaveLength(1_000)
  expect(looks).toBeLessThan(10_000)
})

/** One file of 40 rows and 12 MiB, and how often a part of it was read. */
function largeFile(): { of: FilesOfKey; reads: () => number } {
  const filler = 'x'.repeat(314_573)
  const lines = Array.from({ length: 40 }, (_, offset) =>
    JSON.stringify({
      ...eventRecord({ sequence: offset + 1, properties: { filler } }),
      kafka: { topic: 't', partition: 0, offset },
    }),
  )
  const content = Buffer.from(`${lines.join('\n')}\n`)
  const storage = createMemoryStorage()
  storage.files.set('f0', content)
  let reads = 0
  const store = storage.store(async operation => {
    if (operation === 'read') reads++
    return undefined
  })
  const files = [fileFrom(0, { length: content.length })]
  return { of: { topic: 't', partition: 0, generation: 1, store, files }, reads: () => reads }
}

test('reads no further than the end of a span', async () => {
  const records = largeFile()
  const offsets: number[] = []
  for await (const some of landedRecords(records.of, { from: 3, to: 5 })) offsets.push(...some.map(one => one.offset))
  expect(offsets).toEqual([3, 4])
  expect(records.reads()).toBe(1)
  const covered = largeFile()
  expect(await coverFiles(covered.of, { from: 3, to: 5 })).toMatchObject({ next: 6, holes: [] })
  expect(covered.reads()).toBe(1)
})

test('reads a file to its end where the span has none', async () => {
  const { of, reads } = largeFile()
  expect(await coverFiles(of, { from: 0, to: Number.MAX_SAFE_INTEGER })).toMatchObject({ rows: 40, next: 40 })
  expect(reads()).toBe(4)
})
