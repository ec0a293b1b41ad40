import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crc32, crc32Table } from '../../../../topic/embedded/crc32.ts'

test('gives the check value of CRC-32/ISO-HDLC', () => expect(crc32Table(Buffer.from('123456789'))).toBe(0xcbf43926))

test('is the same by table and by zlib, in one piece and in two', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (bytes, cut) => {
      const whole = crc32(bytes)
      expect(crc32Table(bytes)).toBe(whole)
      expect(crc32Table(bytes.subarray(cut), crc32Table(bytes.subarray(0, cut)))).toBe(whole)
    }),
  )
})
