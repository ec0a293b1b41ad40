import { describe, expect, test } from 'vitest'
import { plainRequest } from '../../../../collector/http/plain-request.ts'

const lines = ['POST /v1/events?age=5 HTTP/1.1', 'Host: x', 'Content-Length: 4']
const request = (head: readonly string[], body = 'body') => Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`)
const withLine = (line: string) => request([...lines, line])

describe('one plain request is told from its bytes', () => {
  test.each([
    ['a post', request(lines), 'POST', '/v1/events?age=5'],
    ['a get', request(['GET /clicktrail.js HTTP/1.1', 'Host: x'], ''), 'GET', '/clicktrail.js'],
    ['a preflight', request(['OPTIONS /v1/events HTTP/1.1', 'Host: x'], ''), 'OPTIONS', '/v1/events'],
    ['a connection that stays', withLine('Connection: keep-alive'), 'POST', '/v1/events?age=5'],
    ['headers in any case', request(['POST / HTTP/1.1', 'hOST: x', 'cONTENT-lENGTH: 4']), 'POST', '/'],
    ['bytes beyond ASCII in a header', withLine('X-Name: Zoë'), 'POST', '/v1/events?age=5'],
    ['the end of a head in its body', request(lines, '\r\n\r\n'), 'POST', '/v1/events?age=5'],
  ])('%s', (_, bytes, method, target) => {
    expect(plainRequest(bytes)).toMatchObject({ method, target })
  })

  test('with its origin', () => {
    expect(plainRequest(withLine('Origin: https://shop.example'))?.head.headers.origin).toBe('https://shop.example')
    expect(plainRequest(withLine('X-Origin: https://shop.example'))?.head.headers.origin).toBeUndefined()
    expect(plainRequest(withLine('Origin-X: https://shop.example'))?.head.headers.origin).toBeUndefined()
  })
})

test('the lines of one whose headers are known are counted anew', () => {
  const with4 = plainRequest(request(lines))
  const without = request(lines.slice(0, 2), '')
  expect(with4?.lineCount).toBe(2)
  expect(plainRequest(without, with4?.head)).toMatchObject({ lineCount: 1, head: with4?.head })
})

test.each([
  ['body', 0],
  ['bod', 1],
  ['', 4],
])('of one whose body begins with "%s" it is told how much is missing', (body, missing) => {
  expect(plainRequest(request(lines, body))).toMatchObject({ missing, body: Buffer.from(body) })
})

describe('everything else is left to the parser', () => {
  test.each([
    ['nothing', Buffer.alloc(0)],
    ['half a head', Buffer.from('POST /v1/events HTTP/1.1\r\nHost: x\r\n')],
    ['the beginning of what is longer than is kept', request([...lines.slice(0, 2), 'Content-Length: 65536'], 'bod')],
    ['more than a body', request(lines, 'body!')],
    ['two requests', Buffer.concat([request(lines), request(lines)])],
    ['a body of no told length', request(lines.slice(0, 2))],
    ['two lengths', withLine('Content-Length: 4')],
    ['two lengths in one', request([...lines.slice(0, 2), 'Content-Length: 4, 4'])],
    ['a length with a sign', request([...lines.slice(0, 2), 'Content-Length: +4'])],
    ['a length in hex', request([...lines.slice(0, 2), 'Content-Length: 0x4'])],
    ['a length whose name ends with a space', request([...lines.slice(0, 2), 'Content-Length : 4'])],
    ['a transfer coding', withLine('Transfer-Encoding: chunked')],
    ['an expectation', withLine('Expect: 100-continue')],
    ['an upgrade', withLine('Upgrade: websocket')],
    ['a last request', withLine('Connection: close')],
    ['a header that goes on in the next line', withLine('X: a\r\n b')],
    ['a line that ends with LF alone', withLine('X: a\nContent-Length: 9')],
    ['a line that ends with CR alone', withLine('X: a\rContent-Length: 9')],
    ['NUL in a header', withLine('X: \0')],
    ['a line that is no header', withLine('X')],
    ['a header without a name', withLine(': x')],
    ['two hosts', withLine('Host: y')],
    ['no host', request(['POST / HTTP/1.1', 'Content-Length: 4'])],
    ['two origins', request([...lines, 'Origin: https://a.example', 'ORIGIN: https://b.example'])],
    ['a control character in a header', withLine('X: \x07')],
    ['a name with a slash', withLine('X/Y: 1')],
    ['a connection that a proxy ends', withLine('Proxy-Connection: close')],
    ['http in small letters', request(['POST / http/1.1', ...lines.slice(1)])],
    ['a head of more than 16 KiB', withLine(`X: ${'x'.repeat(17_000)}`)],
    ['HTTP/1.0', request(['POST / HTTP/1.0', ...lines.slice(1)])],
    ['an absolute target', request(['POST http://x/ HTTP/1.1', ...lines.slice(1)])],
    ['a target with a space', request(['POST /a b HTTP/1.1', ...lines.slice(1)])],
    ['another method', request(['PUT / HTTP/1.1', ...lines.slice(1)])],
    ['a line before it', Buffer.concat([Buffer.from('\r\n'), request(lines)])],
  ])('%s', (_, bytes) => {
    expect(plainRequest(bytes)).toBeUndefined()
  })
})
