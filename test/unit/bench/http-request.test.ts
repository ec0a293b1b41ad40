import { expect, test } from 'vitest'
import { takeRequest } from '../../../bench/sdk/http-request.ts'

const post = (body: string) =>
  Buffer.from(`POST /e?age=5 HTTP/1.1\r\nHost: a:1\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)

test('takes a request with its headers, its body and the weight of its head', () => {
  const bytes = post('{"ä":1}')
  const taken = takeRequest(bytes)
  expect(taken?.request).toMatchObject({
    method: 'POST',
    url: '/e?age=5',
    headers: { host: 'a:1', 'content-length': '8' },
    body: Buffer.from('{"ä":1}'),
    headBytes: bytes.length - 8,
  })
  expect(taken?.rest).toHaveLength(0)
})

test('takes requests that arrive together one by one', () => {
  const first = takeRequest(Buffer.concat([post('one'), post('two')]))
  expect(first?.request.body.toString()).toBe('one')
  expect(takeRequest(first?.rest ?? Buffer.alloc(0))?.request.body.toString()).toBe('two')
})

test.each([10, 58, post('body').length - 1])('waits for the rest of a request that was cut after %i bytes', end => {
  expect(takeRequest(post('body').subarray(0, end))).toBeUndefined()
})
