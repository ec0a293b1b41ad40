import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { createWindow, type Hash, loadHash } from '../../../../consumers/hdfs/window.ts'

let hash: Hash
beforeAll(async () => {
  hash = await loadHash()
})

test('knows an id for exactly as many offsets as it is wide', () => {
  const inside = createWindow(5, hash)
  inside.isCopy(10, 'a')
  expect(inside.isCopy(15, 'a')).toBe(true)
  const outside = createWindow(5, hash)
  outside.isCopy(10, 'a')
  expect(outside.isCopy(16, 'a')).toBe(false)
})

test('answers as a look back over the log does, whatever is left out of it', () => {
  const log = fc.array(fc.option(fc.constantFrom('a', 'b', 'c', 'd')), { maxLength: 60 })
  fc.assert(
    fc.property(fc.nat(10), log, (width, ids) => {
      const window = createWindow(width, hash)
      for (const [offset, id] of ids.entries()) {
        if (id === null) continue
        expect(window.isCopy(offset, id)).toBe(ids.slice(Math.max(0, offset - width), offset).includes(id))
      }
    }),
  )
})

test('answers the same from any point that is its width before', () => {
  const ids = Array.from({ length: 100 }, (_, offset) => `id-${(offset * 7) % 13}`)
  const answersFrom = (from: number) => {
    const window = createWindow(20, hash)
    return ids.map((id, offset) => (offset < from ? undefined : window.isCopy(offset, id))).slice(60)
  }
  expect(answersFrom(40)).toEqual(answersFrom(0))
})

test('holds no more ids than it is wide', () => {
  const window = createWindow(50, hash)
  for (let offset = 0; offset < 1_000; offset++) window.isCopy(offset, `id-${offset}`)
  expect(window.size()).toBe(51)
  window.isCopy(1_000_000, 'far')
  expect(window.size()).toBe(1)
})

test('holds many ids that hash alike apart', () => {
  const crowded: Hash = text => (BigInt(text) % 7n) | (BigInt(text) << 32n)
  const ids = fc.array(fc.nat(40), { maxLength: 300 })
  fc.assert(
    fc.property(ids, fc.integer({ min: 1, max: 30 }), (log, width) => {
      const window = createWindow(width, crowded)
      for (const [offset, id] of log.entries()) {
        expect(window.isCopy(offset, String(id))).toBe(log.slice(Math.max(0, offset - width), offset).includes(id))
        expect(window.size()).toBe(new Set(log.slice(Math.max(0, offset - width), offset + 1)).size)
      }
    }),
  )
})

test.each([65_534, 65_535])('knows the id of every offset when it is %d wide', width => {
  const window = createWindow(width, text => BigInt(text))
  for (let offset = 0; offset <= width; offset++) window.isCopy(offset, String(offset))
  expect(window.size()).toBe(width + 1)
  expect(window.isCopy(width + 1, String(width))).toBe(true)
})
