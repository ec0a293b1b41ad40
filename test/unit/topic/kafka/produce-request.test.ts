import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { encodeProduceRequest, type ProduceRequest } from '../../../../topic/kafka/produce-request.ts'
import { stockProduceRequest } from '../../../support/stock-produce-request.ts'

const timestampMs = Date.UTC(2026, 10, 21, 2, 44, 46, 123)

function requestOf(given: Partial<ProduceRequest>): ProduceRequest {
  return {
    clientId: 'clicktrail',
    correlationId: 7,
    acks: 1,
    timeoutMs: 4_000,
    topic: 'clicks',
    partition: 0,
    timestampMs,
    records: [{ value: Buffer.from('{"event":{"action":"color_click"}}') }],
    ...given,
  }
}

const recordOf = (bytes: number) => ({ value: Buffer.alloc(bytes, 'é') })
const many = (count: number, bytes: number) => Array.from({ length: count }, () => recordOf(bytes))

describe('encodeProduceRequest', () => {
  beforeEach(() => vi.useFakeTimers({ now: timestampMs, toFake: ['Date'] }))
  afterEach(() => vi.useRealTimers())

  test.each<[string, Partial<ProduceRequest>]>([
    ['one record', {}],
    ['an empty value', { records: [recordOf(0)] }],
    ['a large partition number and correlation id', { partition: 70_000, correlationId: 2 ** 31 - 1 }],
    ['no acknowledgement', { acks: 0 }],
    ['acknowledgement by all', { acks: -1 }],
    [
      'values of 61 and 64 bytes, either side of a longer length',
      { records: [recordOf(61), recordOf(64), recordOf(63)] },
    ],
    ['values of 8,191 and 8,192 bytes', { records: [recordOf(8_191), recordOf(8_192)] }],
    ['a value of 1,100,000 bytes', { records: [recordOf(1_100_000)] }],
    ['66 records, past an index of one byte', { records: many(66, 400) }],
    ['9,000 records, past an index of two bytes', { records: many(9_000, 3) }],
    ['headers', { records: [{ value: Buffer.from('x'), headers: { reason: 'mapper_parsing', offset: '17' } }] }],
    ['headers beyond ASCII', { records: [{ value: Buffer.from('x'), headers: { größe: '₩100 😀', empty: '' } }] }],
    ['no headers in an object', { records: [{ value: Buffer.from('x'), headers: {} }] }],
    ['headers of some', { records: [recordOf(5), { ...recordOf(5), headers: { a: 'b' } }, recordOf(5)] }],
    [
      '70 headers',
      { records: [{ ...recordOf(1), headers: Object.fromEntries(many(70, 1).map((_, n) => [`h${n}`, 'v'])) }] },
    ],
    ['names beyond ASCII', { topic: '클릭', clientId: 'trail-ß' }],
  ])('makes the bytes that kafkajs makes: %s', async (_, given) => {
    const request = requestOf(given)
    expect(encodeProduceRequest(request).equals(await stockProduceRequest(request))).toBe(true)
  })

  test('makes the bytes that kafkajs makes of records with one timestamp of their own', async () => {
    const request = requestOf({ timestampMs: timestampMs - 86_400_000, records: many(3, 10) })
    expect(encodeProduceRequest(request).equals(await stockProduceRequest(request, String(request.timestampMs)))).toBe(
      true,
    )
  })

  test('makes the bytes that kafkajs makes of any records', async () => {
    const bytes = fc.uint8Array({ maxLength: 300 }).map(value => Buffer.from(value))
    const text = fc.string({ unit: 'grapheme', maxLength: 80 })
    const headers = fc.dictionary(text, text, { maxKeys: 5 })
    const record = fc.record({ value: bytes, headers }, { requiredKeys: ['value'] })
    const any = fc.record({
      records: fc.array(record, { minLength: 1, maxLength: 150 }),
      partition: fc.nat(),
      correlationId: fc.nat(),
      acks: fc.constantFrom(0, 1, -1),
    })
    await fc.assert(
      fc.asyncProperty(any, async given => {
        const request = requestOf(given)
        return encodeProduceRequest(request).equals(await stockProduceRequest(request))
      }),
    )
  })

  test('takes plain byte arrays and views into larger ones', () => {
    const whole = new Uint8Array([0, 1, 2, 3, 4])
    const plain = requestOf({ records: [{ value: whole.subarray(1, 4) }] })
    const buffer = requestOf({ records: [{ value: Buffer.from([1, 2, 3]) }] })
    expect(encodeProduceRequest(plain)).toEqual(encodeProduceRequest(buffer))
  })
})
