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

test('holds no more memory than its members weigh', async () => {
  const { buffer } = filled(3_000)
  const members = await buffer.finish()
  expect(members.reduce((sum, member) => sum + member.buffer.byteLength, 0)).toBe(buffer.bytes())
})
