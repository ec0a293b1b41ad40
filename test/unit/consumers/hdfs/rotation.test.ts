import { expect, test } from 'vitest'
import { endsBefore, isDue, isFull } from '../../../../consumers/hdfs/rotation.ts'

const limits = { maxAgeMs: 1_000, maxBytes: 500, maxRecords: 10 }
const file = { records: 1, bytes: 1, sinceMs: 5_000 }

test.each([
  { records: 9, bytes: 499, full: false },
  { records: 10, bytes: 1, full: true },
  { records: 1, bytes: 500, full: true },
  { records: 0, bytes: 500, full: false },
])('$records records of $bytes bytes: full is $full', ({ full, ...weight }) => {
  expect(isFull({ ...file, ...weight }, limits)).toBe(full)
})

test.each([
  { records: 1, nowMs: 5_999, due: false },
  { records: 1, nowMs: 6_000, due: true },
  { records: 0, nowMs: 9_000, due: false },
  { records: 10, nowMs: 5_000, due: true },
])('$records records at $nowMs: due is $due', ({ records, nowMs, due }) => {
  expect(isDue({ ...file, records }, limits, nowMs)).toBe(due)
})

test('a file ends before a later hour, not before an earlier one', () => {
  expect([endsBefore(2, 1), endsBefore(2, 2), endsBefore(2, 3)]).toEqual([false, false, true])
})
