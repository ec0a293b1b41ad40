import { PassThrough, Readable } from 'node:stream'
import { describe, expect, test, vi } from 'vitest'
import { headerFault, readBody } from '../../../../collector/http/read-body.ts'

const limits = { maxBytes: 100, timeoutMs: 10_000 }

test.each([
  ['no chunk', [], ''],
  ['one chunk', ['abc'], 'abc'],
  ['many chunks', ['a', 'b', 'c'], 'abc'],
])('reads a body of %s', async (_, chunks, text) => {
  const body = await readBody(Readable.from(chunks.map(chunk => Buffer.from(chunk))), limits)
  expect(body.ok && Buffer.from(body.bytes).toString()).toBe(text)
})

test('takes as many bytes as are allowed, and refuses one more', async () => {
  expect(await readBody(Readable.from([Buffer.alloc(60), Buffer.alloc(40)]), limits)).toMatchObject({ ok: true })
  expect(await readBody(Readable.from([Buffer.alloc(60), Buffer.alloc(41)]), limits)).toMatchObject({
    refusal: 'too_large',
    message: expect.stringContaining('more than 100 bytes'),
  })
})

test('refuses a large body after its end, but an endless one already after twice the limit', async () => {
  const stream = new PassThrough()
  const refused = vi.fn()
  const body = readBody(stream, limits).finally(refused)
  stream.write(Buffer.alloc(150))
  await new Promise(setImmediate)
  expect(refused).not.toHaveBeenCalled()
  stream.write(Buffer.alloc(51))
  expect(await body).toMatchObject({ refusal: 'too_large' })
})

test('gives up on a slow body', async () => {
  vi.useFakeTimers()
  const body = readBody(new PassThrough(), limits)
  await vi.advanceTimersByTimeAsync(10_000)
  vi.useRealTimers()
  expect(await body).toMatchObject({ refusal: 'timeout', message: expect.stringContaining('within 10 s') })
})

test('refuses a body that is cut off', async () => {
  const stream = new PassThrough()
  const body = readBody(stream, limits)
  stream.write('half')
  stream.destroy(new Error('aborted'))
  expect(await body).toMatchObject({ refusal: 'bad_request', message: expect.stringContaining('cut off') })
})

describe('the headers', () => {
  test.each([
    undefined,
    'text/plain',
    'text/plain;charset=UTF-8',
    'application/json',
    'Application/JSON ; charset=utf-8',
  ])('with Content-Type %j are taken', type => {
    expect(headerFault(type, undefined)).toBeUndefined()
  })

  test.each(['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/html', ''])(
    'with Content-Type %j are refused',
    type => {
      expect(headerFault(type, undefined)).toMatch(/Content-Type .* is not supported: send JSON as text\/plain/)
    },
  )

  test('with a Content-Encoding are refused unless it is identity', () => {
    expect(headerFault('text/plain', 'gzip')).toMatch(/Content-Encoding "gzip" is not supported/)
    expect(headerFault('text/plain', 'identity')).toBeUndefined()
  })
})

test('holds of all bodies together what there is room for, refuses the next one at once, and gives back what it held', async () => {
  const room = { bytes: 150 }
  const first = new PassThrough()
  const body = readBody(first, { ...limits, room })
  first.write(Buffer.alloc(90))
  await new Promise(setImmediate)
  expect(await readBody(Readable.from([Buffer.alloc(61)]), { ...limits, room })).toMatchObject({
    refusal: 'overloaded',
  })
  expect(await readBody(Readable.from([Buffer.alloc(60)]), { ...limits, room })).toMatchObject({ ok: true })
  first.end()
  expect(await body).toMatchObject({ ok: true })
  expect(room).toEqual({ bytes: 150 })
})

test('gives back what it held once, though the stream breaks after the answer', async () => {
  const room = { bytes: 150 }
  const stream = new PassThrough()
  const body = readBody(stream, { ...limits, timeoutMs: 1, room })
  stream.write(Buffer.alloc(90))
  expect(await body).toMatchObject({ refusal: 'timeout' })
  stream.destroy(new Error('aborted'))
  await new Promise(setImmediate)
  expect(room).toEqual({ bytes: 150 })
})

test('holds little more than the bytes of a body, in however small chunks they come', async () => {
  const room = { bytes: 1_000_000 }
  const stream = new PassThrough({ highWaterMark: 1_000_000 })
  const body = readBody(stream, { maxBytes: 65_536, timeoutMs: 10_000, room })
  const sent = Buffer.from(Array.from({ length: 60_000 }, (_, n) => n % 251))
  const { gc } = globalThis
  gc?.()
  const before = process.memoryUsage()
  for (const byte of sent) stream.push(Buffer.from([byte]))
  await vi.waitUntil(() => stream.readableLength === 0)
  gc?.()
  const after = process.memoryUsage()
  if (gc) expect(after.heapUsed - before.heapUsed).toBeLessThan(2_000_000)
  expect(room.bytes).toBeLessThanOrEqual(1_000_000 - sent.byteLength)
  expect(room.bytes).toBeGreaterThanOrEqual(1_000_000 - 65_536)
  stream.end()
  const read = await body
  expect(read.ok && read.bytes.equals(sent)).toBe(true)
  expect(room.bytes).toBe(1_000_000)
})

test('hands out a body in one chunk uncopied', async () => {
  const chunk = Buffer.from('abc')
  const body = await readBody(Readable.from([chunk]), limits)
  expect(body.ok && body.bytes.buffer === chunk.buffer && body.bytes.byteOffset === chunk.byteOffset).toBe(true)
})
