import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deadLetter, deadLetterBatches, deadLetterPartition } from '../../../consumers/dead-letter.ts'
import type { Rejected } from '../../../consumers/sink.ts'

const origin = { sink: 'hdfs', group: 'clicktrail-hdfs', topic: 'clicktrail', partition: 3 }
const rejected = (offset: number, value: Uint8Array | null = Buffer.from('not json')): Rejected => ({
  record: { value, offset, timestampMs: 0 },
  reason: 'undecodable',
  message: 'Unexpected token',
})

describe('deadLetter', () => {
  it('keeps the value and says where it is from and why', () => {
    const letter = deadLetter(rejected(17), origin, 1_000_000)
    expect(Buffer.from(letter.value).toString()).toBe('not json')
    expect(letter.headers).toEqual({
      '__connect.errors.topic': 'clicktrail',
      '__connect.errors.partition': '3',
      '__connect.errors.offset': '17',
      '__connect.errors.connector.name': 'clicktrail-hdfs',
      '__connect.errors.stage': 'VALUE_CONVERTER',
      '__connect.errors.exception.class.name': 'clicktrail.undecodable',
      '__connect.errors.exception.message': 'Unexpected token',
      'clicktrail.sink': 'hdfs',
      'clicktrail.reason': 'undecodable',
    })
  })

  it("keeps the record's own headers", () => {
    const one = rejected(1)
    const letter = deadLetter({ ...one, record: { ...one.record, headers: { trace: 'abc' } } }, origin, 1_000_000)
    expect(letter.headers).toMatchObject({ trace: 'abc', 'clicktrail.sink': 'hdfs' })
  })

  it('writes a null value as an empty one and says so', () => {
    const letter = deadLetter(rejected(1, null), origin, 1_000_000)
    expect(letter.value).toHaveLength(0)
    expect(letter.headers).toMatchObject({ 'clicktrail.value.null': 'true' })
  })

  it('cuts a value that does not fit and notes its length', () => {
    const letter = deadLetter(rejected(1, Buffer.alloc(10_000)), origin, 4_096)
    expect(letter.value.length).toBeLessThan(4_096)
    expect(letter.value.length).toBeGreaterThan(3_000)
    expect(letter.headers).toMatchObject({ 'clicktrail.value.bytes': '10000' })
  })

  it('leaves out headers that fill the dead-letter topic by themselves, but for how often it was replayed', () => {
    const headers = { trace: 'x'.repeat(10_000), 'clicktrail.replays': '2' }
    const letter = deadLetter({ ...rejected(1), record: { ...rejected(1).record, headers } }, origin, 4_096)
    expect(letter.headers).toMatchObject({ 'clicktrail.replays': '2', 'clicktrail.sink': 'hdfs' })
    expect(letter.headers).not.toHaveProperty('trace')
    expect(Number(letter.headers?.['clicktrail.headers.bytes'])).toBeGreaterThan(10_000)
    const bytes =
      Object.entries(letter.headers ?? {})
        .flat()
        .join('').length + letter.value.length
    expect(bytes).toBeLessThan(4_096)
  })

  it('believes no record that says of itself that it was cut', () => {
    const headers = { 'clicktrail.value.bytes': '9', 'clicktrail.value.null': 'true' }
    const letter = deadLetter({ ...rejected(1), record: { ...rejected(1).record, headers } }, origin, 1_000_000)
    expect(Object.keys(letter.headers ?? {}).filter(name => name.startsWith('clicktrail.value'))).toEqual([])
  })

  it('cuts a long reason', () => {
    const letter = deadLetter({ ...rejected(1), message: 'x'.repeat(5_000) }, origin, 1_000_000)
    expect(letter.headers?.['__connect.errors.exception.message']).toHaveLength(1_024)
  })
})

describe('deadLetterBatches', () => {
  it('spreads by offset and repeats the choice', () => {
    expect([0, 1, 2, 3].map(offset => deadLetterPartition(offset, 3))).toEqual([0, 1, 2, 0])
  })

  it('holds every record once, in order and within the limit', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3_000), { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (sizes, partitions) => {
        const all = sizes.map((size, offset) => rejected(offset, Buffer.alloc(size)))
        const batches = deadLetterBatches(all, origin, { partitions, maxRecordBytes: 4_096 })
        const offsets = batches.flatMap(({ partition, records }) =>
          records.map(record => {
            const offset = Number(record.headers?.['__connect.errors.offset'])
            expect(offset % partitions).toBe(partition)
            return offset
          }),
        )
        expect(offsets.toSorted((a, b) => a - b)).toEqual(all.map(one => one.record.offset))
        for (const { records } of batches) {
          const values = records.reduce((sum, record) => sum + record.value.length, 0)
          expect(values).toBeLessThanOrEqual(4_096)
        }
        for (let partition = 0; partition < partitions; partition++) {
          const own = offsets.filter(offset => offset % partitions === partition)
          expect(own).toEqual(own.toSorted((a, b) => a - b))
        }
      }),
    )
  })
})
