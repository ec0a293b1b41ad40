import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createBlocks } from '../../../../consumers/hdfs/blocks.ts'

function filled(pieces: readonly Uint8Array[], blockBytes: number) {
  const blocks = createBlocks(blockBytes)
  for (const piece of pieces) blocks.push(piece)
  return blocks.all()
}

test('gives back what was pushed, in order, whatever the lengths', () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 100 }))
  fc.assert(
    fc.property(pieces, fc.integer({ min: 1, max: 64 }), (pushed, blockBytes) => {
      expect(Buffer.concat(filled(pushed, blockBytes))).toEqual(Buffer.concat(pushed))
    }),
  )
})

test('fills every block but the last', () => {
  const lengths = filled(Array(100).fill(Buffer.alloc(7)), 64).map(block => block.length)
  expect(lengths.slice(1, -1).every(length => length === 64)).toBe(true)
  expect(lengths.length).toBeLessThan(14)
})

test('copies: a piece may be written over', () => {
  const piece = Buffer.from('abc')
  const blocks = createBlocks(64)
  blocks.push(piece)
  piece.fill('x')
  expect(Buffer.concat(blocks.all()).toString()).toBe('abc')
})

test('holds little for little', () => {
  expect(filled([Buffer.alloc(10)], 262_144)[0]?.buffer.byteLength).toBe(80)
})
