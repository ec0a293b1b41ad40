import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Entry, type Envelope, sealBatch } from '../../../sdk/seal.ts'

const ada: Envelope = { tab: '0mwpt1nbck9k2j4h6f8d', user: 'ada' }
const page = { url: 'https://shop.example/', title: 'Shop' }

function entry(n: number, overrides: Partial<Entry> = {}): Entry {
  return { envelope: ada, n, at: 1_000, action: 'click', page, properties: undefined, state: 'queued', ...overrides }
}

const roomy = { now: 2_520, maxBytes: 49_152 }

test('writes the contract: what is shared once, what differs in each event', () => {
  const queue = [
    entry(1, { properties: { color: 'red' } }),
    entry(2, { at: 2_500, page: { url: 'https://shop.example/b' } }),
  ]
  expect(JSON.parse(sealBatch('example', queue, roomy)?.body ?? '')).toEqual({
    site: 'example',
    tab: ada.tab,
    user: 'ada',
    page,
    events: [
      { n: 1, ago: 1_520, action: 'click', properties: { color: 'red' } },
      { n: 2, ago: 20, action: 'click', page: { url: 'https://shop.example/b' } },
    ],
  })
})

test('never writes a negative age when the clock was set back', () => {
  expect(sealBatch('example', [entry(1)], { ...roomy, now: 1 })?.body).toContain('"ago":0')
})

test('ends a batch where another tab or name begins', () => {
  const bob = { ...ada, user: 'bob' }
  const sealed = sealBatch('example', [entry(1), entry(2), entry(3, { envelope: bob })], roomy)
  expect(sealed?.entries.map(({ n }) => n)).toEqual([1, 2])
})

test.each([
  [1, 1],
  [100, 100],
  [101, 100],
  [1_000, 100],
])('takes of %i events %i', (queued, taken) => {
  const queue = Array.from({ length: queued }, (_, i) => entry(i + 1))
  expect(sealBatch('example', queue, roomy)?.entries).toHaveLength(taken)
})

test.each([0, 1])('fits exactly into the room, %i byte short', short => {
  const { bytes = 0 } = sealBatch('example', [entry(1)], roomy) ?? {}
  expect(sealBatch('example', [entry(1)], { ...roomy, maxBytes: bytes - short }) === undefined).toBe(short === 1)
})

test('has nothing to write of an empty queue', () => {
  expect(sealBatch('example', [], roomy)).toBeUndefined()
})

test('carries any queue in order, each event once, no body over the room in bytes of UTF-8', () => {
  const text = fc.string({ unit: 'binary', maxLength: 400 })
  fc.assert(
    fc.property(fc.array(text, { maxLength: 150 }), fc.integer({ min: 3_000, max: 20_000 }), (texts, maxBytes) => {
      const queue = texts.map((value, i) => entry(i + 1, { properties: { value } }))
      const carried: unknown[] = []
      for (let turn = 0; queue.length && turn < 200; turn++) {
        const sealed = sealBatch('example', queue, { now: 2_000, maxBytes })
        if (!sealed) throw new Error('one event must fit')
        queue.splice(0, sealed.entries.length)
        expect(Buffer.byteLength(sealed.body)).toBe(sealed.bytes)
        expect(sealed.bytes).toBeLessThanOrEqual(maxBytes)
        carried.push(...JSON.parse(sealed.body).events)
      }
      expect(carried).toEqual(
        texts.map((value, i) => ({ n: i + 1, ago: 1_000, action: 'click', properties: { value } })),
      )
    }),
  )
})
