import { describe, expect, it } from 'vitest'
import { createIntake, recordOverheadBytes } from '../../../consumers/intake.ts'

const records = (count: number, size: number) =>
  Array.from({ length: count }, (_, offset) => ({ offset, timestampMs: 0, value: Buffer.alloc(size) }))

describe('an intake', () => {
  it.each([
    ['up to the records asked for', records(5, 1), { records: 3, bytes: 10_000 }, [0, 1, 2], 2],
    ['up to the bytes asked for', records(5, 10), { records: 5, bytes: 2 * (10 + recordOverheadBytes) }, [0, 1], 30],
    ['one record that is larger than the bytes asked for', records(2, 10), { records: 5, bytes: 5 }, [0], 10],
    ['all that there is', records(2, 10), { records: 5, bytes: 10_000 }, [0, 1], 0],
  ])('hands over %s, in order, and weighs the rest', (_, given, most, offsets, left) => {
    const intake = createIntake()
    intake.push(given)
    expect(intake.take(most).map(({ offset }) => offset)).toEqual(offsets)
    expect(intake.bytes).toBe(left + (given.length - offsets.length) * recordOverheadBytes)
    expect(intake.records).toBe(given.length - offsets.length)
  })
})
