import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeFrame, encodeFrame, frameBytes, frameTimestamp } from '../../../../topic/embedded/frame.ts'

const at = { partition: 3, offset: 17 }

describe('a frame', () => {
  test('gives back what was put in, and weighs what it says', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.option(fc.dictionary(fc.string(), fc.string(), { minKeys: 1 }), { nil: undefined }),
        fc.integer({ min: 0, max: 2 ** 48 - 1 }),
        (value, headers, timestampMs) => {
          const record = headers ? { value, headers } : { value }
          const frame = encodeFrame(record, at, timestampMs)
          const back = decodeFrame(frame, at)
          expect(frame.byteLength).toBe(frameBytes(record))
          expect(back?.timestampMs).toBe(timestampMs)
          expect(back?.offset).toBe(17)
          expect(back?.value && Buffer.from(back.value).equals(value)).toBe(true)
          expect(back?.headers).toEqual(headers && JSON.parse(JSON.stringify(headers)))
        },
      ),
    )
  })

  test('is refused with any bit turned over', () => {
    const frame = encodeFrame({ value: Buffer.from('value'), headers: { a: 'b' } }, at, 1_763_693_084_123)
    for (let bit = 0; bit < frame.byteLength * 8; bit++) {
      const damaged = Buffer.from(frame)
      damaged.writeUInt8(damaged.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
      expect(decodeFrame(damaged, at)).toBeUndefined()
    }
  })

  test.each([0, 4, 14, 20])('is refused when cut to %i bytes', length => {
    const frame = encodeFrame({ value: Buffer.from('a value') }, at, 1)
    expect(decodeFrame(frame.subarray(0, length), at)).toBeUndefined()
  })

  test.each([
    { partition: 3, offset: 18 },
    { partition: 2, offset: 17 },
  ])('is refused at another place: %o', other =>
    expect(decodeFrame(encodeFrame({ value: Buffer.from('v') }, at, 1), other)).toBeUndefined(),
  )

  test('shows its timestamp without being checked', () =>
    expect(frameTimestamp(encodeFrame({ value: Buffer.alloc(0) }, at, 1_763_693_084_123))).toBe(1_763_693_084_123))
})
