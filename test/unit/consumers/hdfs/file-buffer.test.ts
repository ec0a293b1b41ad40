import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { createCompressor, memberBytes } from '../../../../consumers/hdfs/compressor.ts'
import { createFileBuffer } from '../../../../consumers/hdfs/file-buffer.ts'
import { until } from '../../../support/until.ts'

const line = (n: number, chars = 900) => Buffer.from(`{"n":${n},"text":"${'x'.repeat(chars)}"}`)

function filled(count: number, format: 'json' | 'json.gz' = 'json.gz', chars?: number) {
  const compressor = createCompressor()
  const buffer = createFileBuffer(format, compressor)
  for (let n = 0; n < count; n++) buffer.push(line(n, chars), ',"größe":1}')
  return { buffer, compressor }
}

test.each([
  { what: 'one member', count: 10, chars: 900 },
  { what: 'many members, some compressed side by side', count: 3_000, chars: 900 },
  { what: 'lines larger than a member', count: 3, chars: memberBytes },
])('keeps lines in order over $what', async ({ count, chars }) => {
  const { buffer } = filled(count, 'json.gz', chars)
  const rows = gunzipSync(Buffer.concat(await buffer.finish()))
    .toString()
    .trimEnd()
    .split('\n')
    .map(row => JSON.parse(row))
  expect(rows.map(row => row.n)).toEqual(Array.from({ length: count }, (_, n) => n))
  expect(rows.at(-1)).toMatchObject({ größe: 1 })
})

test('keeps members in order whichever of them is compressed first', async () => {
  const ends: (() => void)[] = []
  const compressor = {
    ...createCompressor(),
    async compress(raw: Buffer, length: number) {
      await new Promise<void>(resolve => ends.push(resolve))
      return raw.subarray(0, length)
    },
  }
  const buffer = createFileBuffer('json.gz', compressor)
  for (let n = 0; n < 1_000; n++) buffer.push(line(n), '}')
  const finishing = buffer.finish()
  for (const end of ends.reverse()) {
    end()
    await new Promise(setImmediate)
  }
  const rows = Buffer.concat(await finishing)
    .toString()
    .trimEnd()
    .split('\n')
  expect(rows.map(row => JSON.parse(row).n)).toEqual(Array.from({ length: 1_000 }, (_, n) => n))
})

test('weighs raw lines until they are compressed, then the members', async () => {
  const { buffer } = filled(2_000)
  const raw = Buffer.concat(Array.from({ length: 2_000 }, (_, n) => line(n))).length
  expect(buffer.bytes()).toBeGreaterThan(raw)
  await until(() => buffer.bytes() < 2 * memberBytes, { what: 'the threads' })
  expect(buffer.fileBytes()).toBeLessThan(raw / 10)
  const content = Buffer.concat(await buffer.finish())
  expect([buffer.bytes(), buffer.fileBytes()]).toEqual([content.length, content.length])
})

test('weighs a plain file by its lines', async () => {
  const { buffer } = filled(700, 'json')
  const before = [buffer.bytes(), buffer.fileBytes()]
  const content = Buffer.concat(await buffer.finish())
  expect(before).toEqual([content.length, content.length])
  expect(buffer.bytes()).toBe(content.length)
})

test('has no room while too much waits for a thread, and has it again', async () => {
  const { buffer, compressor } = filled(12_000)
  await compressor.room()
  expect(compressor.room()).toBeUndefined()
  await buffer.finish()
})

test('has room at first and none when flooded', () => {
  expect(filled(100).compressor.room()).toBeUndefined()
  expect(filled(12_000).compressor.room()).toBeInstanceOf(Promise)
})

test('holds at most one block more memory than the file is long, however many members it has', async () => {
  const { buffer } = filled(3_000)
  const content = await buffer.finish()
  const held = new Set(content.map(block => block.buffer))
  const heldBytes = [...held].reduce((sum, { byteLength }) => sum + byteLength, 0)
  expect(heldBytes).toBeLessThanOrEqual(buffer.bytes() + memberBytes)
})

test('gives the same content when it is finished again', async () => {
  const { buffer } = filled(600)
  const first = Buffer.concat(await buffer.finish())
  expect(Buffer.concat(await buffer.finish())).toEqual(first)
})
