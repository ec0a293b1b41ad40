import { gunzipSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { createCompressor } from '../../../../consumers/hdfs/compressor.ts'
import { createFileBuffer } from '../../../../consumers/hdfs/file-buffer.ts'
import { lastLineOf, parseLandedRow } from '../../../../consumers/hdfs/last-line.ts'

const lines = Array.from(
  { length: 3_000 },
  (_, index) => `{"n":${index},"noise":"${Math.sin(index)}${Math.cos(index)}"}`,
)

async function contentOf(format: 'json' | 'json.gz', of: readonly string[]): Promise<Buffer> {
  const buffer = createFileBuffer(format, createCompressor())
  for (const line of of) buffer.push(Buffer.from(line), '}')
  return Buffer.concat(await buffer.finish())
}

test.each(['json', 'json.gz'] as const)('writes every line once and in order as %s', async format => {
  const content = await contentOf(format, lines)
  const text = (format === 'json' ? content : gunzipSync(content)).toString()
  expect(text).toBe(`${lines.join('\n')}\n`)
})

test.each([
  { format: 'json', count: 1 },
  { format: 'json', count: 3_000 },
  { format: 'json.gz', count: 1 },
  { format: 'json.gz', count: 2 },
  { format: 'json.gz', count: 3_000 },
] as const)('finds the last of $count lines in a short tail of $format', async ({ format, count }) => {
  const content = await contentOf(format, lines.slice(0, count))
  const tail = content.subarray(-300)
  expect(lastLineOf(tail, format, tail.length === content.length)).toBe(lines[count - 1])
})

test('asks for a longer tail when the last line is longer', async () => {
  const long = JSON.stringify({ text: lines.join('') })
  for (const format of ['json', 'json.gz'] as const) {
    const content = await contentOf(format, ['{"n":0}', long])
    expect(lastLineOf(content.subarray(-300), format, false)).toBeUndefined()
    expect(lastLineOf(content, format, true)).toBe(long)
  }
})

test('is not misled by the start of a member inside compressed data', () => {
  const member = gzipSync('{"n":1}\n')
  const stored = gzipSync(`${'x'.repeat(9)}\u001f\u008b\u0008 \n`, { level: 0 })
  const content = Buffer.concat([member, stored])
  expect(lastLineOf(content, 'json.gz', true)).toBe(`${'x'.repeat(9)}\u001f\u008b\u0008 `)
})

test.each(['json', 'json.gz'] as const)('finds no last line in a cut file of %s', async format => {
  const content = await contentOf(format, lines.slice(0, 5))
  expect(lastLineOf(content.subarray(0, -3), format, true)).toBeUndefined()
})

test('reads offset and event id of a landed row, and nothing of another line', () => {
  const line = '{"event":{"id":"a-1"},"site":"x","kafka":{"topic":"t","partition":0,"offset":17,"skipped":2}}'
  expect(parseLandedRow(line)).toEqual({ topic: 't', partition: 0, offset: 17, eventId: 'a-1' })
  expect(parseLandedRow('{"event":{"id":"a-1"}}')).toBeUndefined()
  expect(parseLandedRow('{"event":')).toBeUndefined()
})
