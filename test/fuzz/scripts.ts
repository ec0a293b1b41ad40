import { rawCases } from '../unit/collector/http/raw-http-cases.ts'
import { fuzzedBody } from './bodies.ts'
import type { Random } from './random.ts'

/** What a client does on one connection: bytes in pieces, and then it leaves in one of three ways. */
export interface SocketScript {
  pieces: Buffer[]
  /** `wait`: a last request asks to close, and the client waits for that. */
  leaving: 'wait' | 'end' | 'reset'
}

const last = Buffer.from('GET /end HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
const corpus = rawCases.map(({ bytes }) => bytes).filter(bytes => bytes.length < 30_000)
const odd: readonly string[] = [
  ...[
    '\r',
    '\n',
    '\r\n',
    '\r\n\r\n',
    '\0',
    ' ',
    '\t',
    ':',
    '\x0b',
    '\x7f',
    '\xff',
    '0\r\n\r\n',
    'ffffffffffffffff\r\n',
    '-1\r\n',
  ],
  ...[
    'Transfer-Encoding: chunked\r\n',
    'Content-Length: 5\r\n',
    'Content-Length: 99999\r\n',
    'Host: y\r\n',
    'Expect: 100-continue\r\n',
  ],
  ...[
    'Connection: close\r\n',
    'Connection: upgrade\r\nUpgrade: h2c\r\n',
    'Content-Encoding: gzip\r\n',
    'Origin: null\r\n',
    'Sec-GPC: 1\r\n',
  ],
  ...[
    'X-Forwarded-For: ,,1.2.3.4, ::1\r\n',
    'User-Agent: \xff\r\n',
    'Accept-Language: x-\xe9,,;q=\r\n',
    'Sec-Purpose: prefetch\r\n',
  ],
  ...['HTTP/1.0', 'HTTP/2.0', 'POST /v1/events?age=', 'GET /clicktrail.js ', 'OPTIONS * ', 'CONNECT x:1 '],
]

/** One to three requests of the table of raw cases or with a fuzzed body, damaged and cut into pieces. */
export function fuzzedScript(random: Random): SocketScript {
  const requests = Array.from({ length: 1 + random.below(3) }, () => request(random))
  const bytes = Buffer.concat([...requests, last])
  const pieces: Buffer[] = []
  const cuts = random.below(4)
  let from = 0
  for (let cut = 0; cut < cuts; cut++) {
    const to = from + random.below(bytes.length - from + 1)
    pieces.push(bytes.subarray(from, to))
    from = to
  }
  pieces.push(bytes.subarray(from))
  const leaving = random.pick(['wait', 'end', 'end', 'reset'] as const)
  return { pieces: pieces.filter(({ length }) => length > 0), leaving }
}

function request(random: Random): Buffer {
  const bytes = random.once(3) ? posted(fuzzedBody(random)) : random.pick(corpus)
  if (random.once(3)) return bytes
  const at = random.below(bytes.length + 1)
  const instead = Buffer.from(random.pick(odd), 'latin1')
  return Buffer.concat([bytes.subarray(0, at), instead, bytes.subarray(at + random.below(4))])
}

/** A good request around a body. */
export function posted(body: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(`POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n`),
    body,
  ])
}
