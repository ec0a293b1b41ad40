/** A golden verdict on bytes that a client sends. */
export interface RawCase {
  name: string
  bytes: Buffer
  /** Statuses of what these bytes are answered with, interim ones too. Empty: the connection is closed without an answer. */
  answers: readonly number[]
  /** How many events of theirs (`action` "case") reach the topic. */
  appended: number
  /** Whether the connection stays usable: the next request is then answered, else it is closed. */
  usable: boolean
}

const valid = '{"site":"raw","events":[{"action":"case"}]}'
const smuggledBody = '{"site":"raw","events":[{"action":"smuggled"}]}'
const plain = 'Content-Type: text/plain\r\n'
/** What must never be taken for a request. */
const smuggled = `POST /v1/events HTTP/1.1\r\nHost: x\r\n${plain}Content-Length: ${smuggledBody.length}\r\n\r\n${smuggledBody}`

/** Bytes are the characters' codes: latin1. */
const raw = (text: string) => Buffer.from(text, 'latin1')
const length = (body: string) => `Content-Length: ${body.length}\r\n`
const chunked = (body: string) => `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`

/** A POST of `body`, with `headers` (each with its CRLF) beside Host and Content-Type. */
function post(headers: string, body = '', line = 'POST /v1/events HTTP/1.1'): Buffer {
  return raw(`${line}\r\nHost: x\r\n${plain}${headers}\r\n${body}`)
}
const sized = (headers: string, line?: string) => post(`${length(valid)}${headers}`, valid, line)
const chunks = (body: string, headers = '') => post(`Transfer-Encoding: chunked\r\n${headers}`, body)
const bodiless = (line: string, headers = '') => raw(`${line}\r\nHost: x\r\n${headers}\r\n`)

const taken = (name: string, bytes: Buffer, answers: readonly number[] = [204], appended = 1): RawCase => ({
  name,
  bytes,
  answers,
  appended,
  usable: true,
})
/** The same, and the connection ends with the answer, whatever stands behind. */
const takenLast = (name: string, bytes: Buffer): RawCase => ({ ...taken(name, bytes), usable: false })
const answered = (name: string, bytes: Buffer, ...answers: number[]): RawCase => taken(name, bytes, answers, 0)
/** Refused, and the connection is closed: nothing behind these bytes is read as a request. */
const refused = (name: string, bytes: Buffer, ...answers: number[]): RawCase => ({
  name,
  bytes,
  answers,
  appended: 0,
  usable: false,
})

/** Where a body ends must be one and the same for us and for any proxy in front. */
const framing: readonly RawCase[] = [
  taken('a body with its length', sized('')),
  taken('a body in one chunk', chunks(chunked(valid))),
  taken('a body in many chunks', chunks(`${[...valid].map(char => `1\r\n${char}\r\n`).join('')}0\r\n\r\n`)),
  taken('"Chunked" in capitals', post('Transfer-Encoding: CHUNKED\r\n', chunked(valid))),
  refused(
    'CL.TE: a length over chunks that end before it',
    post(`Transfer-Encoding: chunked\r\nContent-Length: 6\r\n`, '0\r\n\r\nG'),
    400,
  ),
  refused(
    'CL.TE: a request behind the last chunk',
    post(`Content-Length: ${smuggled.length + 5}\r\nTransfer-Encoding: chunked\r\n`, `0\r\n\r\n${smuggled}`),
    400,
  ),
  refused(
    'TE.CL: a request inside a chunk',
    post(
      `Content-Length: 4\r\nTransfer-Encoding: chunked\r\n`,
      `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`,
    ),
    400,
  ),
  refused(
    'length and chunks that agree',
    post(`${length(chunked(valid))}Transfer-Encoding: chunked\r\n`, chunked(valid)),
    400,
  ),
  refused(
    'Content-Length: 0 and chunks',
    post('Content-Length: 0\r\nTransfer-Encoding: chunked\r\n', chunked(valid)),
    400,
  ),
  refused(
    'TE.TE: chunked, then identity',
    post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', chunked(valid)),
    400,
  ),
  refused('TE.TE: "chunked, identity"', post('Transfer-Encoding: chunked, identity\r\n', chunked(valid)), 400),
  refused('TE.TE: xchunked', post('Transfer-Encoding: xchunked\r\n', chunked(valid)), 400),
  refused('TE.TE: "chunked" in quotes', post('Transfer-Encoding: "chunked"\r\n', chunked(valid)), 400),
  refused('TE.TE: a vertical tab before chunked', post('Transfer-Encoding: \x0bchunked\r\n', chunked(valid)), 400),
  refused('TE.TE: a line break before chunked', post('Transfer-Encoding:\n chunked\r\n', chunked(valid)), 400),
  refused('TE.TE: chunked with a parameter', post('Transfer-Encoding: chunked;q=1\r\n', chunked(valid)), 400),
  refused('TE.TE: a space before the colon', post('Transfer-Encoding : chunked\r\n', chunked(valid)), 400),
  refused(
    'TE.TE: a folded header that hides chunked',
    post('X: y\r\n Transfer-Encoding: chunked\r\n', chunked(valid)),
    400,
  ),
  refused('Transfer-Encoding: gzip, chunked', post('Transfer-Encoding: gzip, chunked\r\n', chunked(valid)), 400),
  refused('Transfer-Encoding: identity', post('Transfer-Encoding: identity\r\n', valid), 400),
  refused('an empty Transfer-Encoding', post('Transfer-Encoding:\r\n', chunked(valid)), 400),
  refused('chunked twice in one line', post('Transfer-Encoding: chunked, chunked\r\n', chunked(valid)), 400),
  refused(
    'chunked in two lines',
    post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', chunked(valid)),
    400,
  ),
  refused(
    'chunks of an HTTP/1.0 client',
    post('Transfer-Encoding: chunked\r\n', chunked(valid), 'POST /v1/events HTTP/1.0'),
    400,
  ),
  refused('two lengths that are the same', sized(length(valid)), 400),
  refused('two lengths that differ', sized('Content-Length: 0\r\n'), 400),
  refused('a list of equal lengths', post(`Content-Length: ${valid.length}, ${valid.length}\r\n`, valid), 400),
  refused('a negative length', post('Content-Length: -1\r\n', valid), 400),
  refused('a length with a plus', post(`Content-Length: +${valid.length}\r\n`, valid), 400),
  refused('a length in hex', post(`Content-Length: 0x${valid.length.toString(16)}\r\n`, valid), 400),
  refused('a length with an exponent', post('Content-Length: 4e1\r\n', valid), 400),
  refused('a length with a space in it', post('Content-Length: 4 3\r\n', valid), 400),
  refused('a length beyond 2^64', post('Content-Length: 18446744073709551659\r\n', valid), 400),
  refused('an empty length', post('Content-Length:\r\n', valid), 400),
  taken('a length with zeros in front', post(`Content-Length: 00${valid.length}\r\n`, valid)),
  answered('Content-Length: 0', post('Content-Length: 0\r\n'), 400),
  answered('no body and no length', post(''), 400),
  takenLast('bytes behind a body', Buffer.concat([sized(''), raw('xyz')])),
  taken('a line break behind a body', Buffer.concat([sized(''), raw('\r\n')])),
  refused('a chunk size that is no number', chunks(`zz\r\n${valid}\r\n0\r\n\r\n`), 400),
  refused('a negative chunk size', chunks(`-1\r\n${valid}\r\n0\r\n\r\n`), 400),
  refused('a chunk size with 0x', chunks(`0x2b\r\n${valid}\r\n0\r\n\r\n`), 400),
  refused('a chunk size beyond 2^64', chunks(`1000000000000002b\r\n${valid}\r\n0\r\n\r\n`), 400),
  refused('a chunk size with a space in front', chunks(` 2b\r\n${valid}\r\n0\r\n\r\n`), 400),
  refused('a chunk size with a space behind', chunks(`2b \r\n${valid}\r\n0\r\n\r\n`), 400),
  refused('a chunk longer than its size', chunks(`2\r\n${valid}\r\n0\r\n\r\n`), 400),
  refused('a chunk size that ends with a bare LF', chunks(`2b\n${valid}\r\n0\r\n\r\n`), 400),
  refused('a chunk that ends with a bare LF', chunks(`2b\r\n${valid}\n0\r\n\r\n`), 400),
  refused('a chunk that ends with a bare CR', chunks(`2b\r\n${valid}\r0\r\n\r\n`), 400),
  taken('a chunk extension', chunks(`2b;name=value\r\n${valid}\r\n0;last\r\n\r\n`)),
  refused('a chunk extension with a bare LF', chunks(`2b;a\nb\r\n${valid}\r\n0\r\n\r\n`), 400),
  refused('a chunk extension of 20 KB', chunks(`2b;${'x'.repeat(20_000)}\r\n${valid}\r\n0\r\n\r\n`), 413),
  taken('trailers, which say nothing', chunks(`2b\r\n${valid}\r\n0\r\nContent-Encoding: gzip\r\nSec-GPC: 1\r\n\r\n`)),
  refused('trailers of 20 KB', chunks(`2b\r\n${valid}\r\n0\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`), 431),
  refused('a trailer that is no header', chunks(`2b\r\n${valid}\r\n0\r\nno colon\r\n\r\n`), 400),
  refused('a fault in a body that is refused unread', chunks('zz\r\n', 'Content-Encoding: gzip\r\n'), 415),
  refused('a trailer with a length', chunks(`2b\r\n${valid}\r\n0\r\nContent-Length: 5\r\n\r\n`), 400),
]

const headerLines: readonly RawCase[] = [
  refused('no Host', raw(`POST /v1/events HTTP/1.1\r\n${length(valid)}\r\n${valid}`), 400),
  refused('two hosts that differ', sized('Host: y\r\n'), 400),
  refused('two hosts that are the same', sized('Host: x\r\n'), 400),
  refused('a header that is folded', sized('X-Folded: a\r\n b\r\n'), 400),
  refused('a folded header with a tab', sized('X-Folded: a\r\n\tb\r\n'), 400),
  refused('a header that is folded first of all', raw(`POST /v1/events HTTP/1.1\r\n Host: x\r\n\r\n`), 400),
  refused('a space before the colon', sized('X-Space : a\r\n'), 400),
  refused('a length with a space before the colon', post(`Content-Length : ${valid.length}\r\n`, valid), 400),
  refused('a header without a colon', sized('no colon here\r\n'), 400),
  refused('a header without a name', sized(': nameless\r\n'), 400),
  refused('a NUL in a name', sized('X-\0: a\r\n'), 400),
  refused('a NUL in a value', sized('X-Nul: a\0b\r\n'), 400),
  refused('a control byte in a value', sized('X-Control: a\x01b\r\n'), 400),
  refused('DEL in a value', sized('X-Delete: a\x7fb\r\n'), 400),
  refused('a bare CR in a value', sized('X-Return: a\rb\r\n'), 400),
  refused('a bare LF that would end a header', sized('X-Feed: a\nX-Smuggled: b\r\n'), 400),
  refused(
    'bare LF everywhere',
    raw(`POST /v1/events HTTP/1.1\nHost: x\nContent-Length: ${valid.length}\n\n${valid}`),
    400,
  ),
  refused('brackets in a name', sized('X[]: a\r\n'), 400),
  taken('bytes above 127 in a value', sized('X-Latin: \xe9\xff\r\n')),
  taken('an underscore in a name', sized('Content_Length: 3\r\n')),
  taken('an empty value', sized('X-Empty:\r\n')),
  taken('names in capitals', sized('CONTENT-LANGUAGE: ko\r\n')),
  taken('an empty Content-Encoding of identity', sized('Content-Encoding: identity\r\n')),
  answered('a Content-Encoding', sized('Content-Encoding: gzip\r\n'), 415),
  answered('a Content-Encoding in two lines', sized('Content-Encoding: identity\r\nContent-Encoding: gzip\r\n'), 415),
  answered(
    '2,500 headers, a Content-Encoding behind them',
    sized(`${'a:\r\n'.repeat(2_500)}Content-Encoding: gzip\r\n`),
    431,
  ),
  refused('17 KB in one header', sized(`X-Large: ${'x'.repeat(17_000)}\r\n`), 431),
  refused('10,000 headers', sized('a: b\r\n'.repeat(10_000)), 431),
  refused(
    'headers without an end',
    Buffer.concat([raw('POST /v1/events HTTP/1.1\r\nHost: x\r\n'), raw('X: y\r\n'.repeat(20_000))]),
    431,
  ),
  taken(
    'a text/plain with a charset',
    raw(
      `POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: Text/Plain;charset=UTF-8\r\n${length(valid)}\r\n${valid}`,
    ),
  ),
]

const targets: readonly RawCase[] = [
  taken('an absolute target', sized('', 'POST http://x/v1/events HTTP/1.1')),
  taken('an absolute target of another host', sized('', 'POST http://other.example/v1/events HTTP/1.1')),
  answered('an absolute target with another path', sized('', 'POST http://x/v1/event HTTP/1.1'), 404),
  answered('a host with a path', raw(`POST /else HTTP/1.1\r\nHost: x/v1/events?\r\n${length(valid)}\r\n${valid}`), 400),
  answered('a target of another scheme', sized('', 'POST file:///v1/events HTTP/1.1'), 400),
  refused('a target without its slash', sized('', 'POST v1/events HTTP/1.1'), 400),
  answered('the asterisk', bodiless('OPTIONS * HTTP/1.1'), 400),
  refused('CONNECT', bodiless('CONNECT x:443 HTTP/1.1')),
  refused('CONNECT with a path', bodiless('CONNECT /v1/events HTTP/1.1')),
  refused('an authority as target', bodiless('GET x:443 HTTP/1.1'), 400),
  taken('a query', sized('', 'POST /v1/events?age=12 HTTP/1.1')),
  taken('an empty query', sized('', 'POST /v1/events? HTTP/1.1')),
  taken('a broken query', sized('', 'POST /v1/events?age=%zz&age[]=1&=%00 HTTP/1.1')),
  taken('an age that is no number', sized('', 'POST /v1/events?age=NaN HTTP/1.1')),
  taken('an age beyond all', sized('', 'POST /v1/events?age=1e400 HTTP/1.1')),
  taken('a URL of 8 KB', sized('', `POST /v1/events?x=${'y'.repeat(8_000)} HTTP/1.1`)),
  refused('a URL of 20 KB', sized('', `POST /v1/events?x=${'y'.repeat(20_000)} HTTP/1.1`), 431),
  answered('two slashes', sized('', 'POST //v1/events HTTP/1.1'), 404),
  answered('dot segments', sized('', 'POST /x/../v1/events HTTP/1.1'), 404),
  answered('a slash at the end', sized('', 'POST /v1/events/ HTTP/1.1'), 404),
  answered('capitals', sized('', 'POST /V1/EVENTS HTTP/1.1'), 404),
  answered('a percent-encoded slash', sized('', 'POST /v1%2fevents HTTP/1.1'), 404),
  answered('a percent-encoded letter', sized('', 'POST /v1/%65vents HTTP/1.1'), 404),
  answered('a broken percent-encoding', sized('', 'POST /v1/events%zz HTTP/1.1'), 404),
  answered('a percent-encoded NUL', sized('', 'POST /v1/events%00 HTTP/1.1'), 404),
  refused('a backslash', sized('', 'POST \\v1\\events HTTP/1.1'), 400),
  answered('a fragment', sized('', 'POST /v1/events#x HTTP/1.1'), 404),
  refused('a space in the target', sized('', 'POST /v1/ events HTTP/1.1'), 400),
  refused('a NUL in the target', sized('', 'POST /v1/events\0 HTTP/1.1'), 400),
  refused('bytes above 127 in the target', sized('', 'POST /v1/\xe9vents HTTP/1.1'), 400),
]

const methods: readonly RawCase[] = [
  answered('GET', bodiless('GET /v1/events HTTP/1.1'), 405),
  answered('GET with a body', sized('', 'GET /v1/events HTTP/1.1'), 405),
  answered('HEAD', bodiless('HEAD /v1/events HTTP/1.1'), 405),
  answered('PUT', sized('', 'PUT /v1/events HTTP/1.1'), 405),
  answered('DELETE', bodiless('DELETE /v1/events HTTP/1.1'), 405),
  answered('PATCH', sized('', 'PATCH /v1/events HTTP/1.1'), 405),
  answered('TRACE', bodiless('TRACE /v1/events HTTP/1.1'), 405),
  answered('OPTIONS', bodiless('OPTIONS /v1/events HTTP/1.1'), 204),
  answered('OPTIONS with a body', sized('', 'OPTIONS /v1/events HTTP/1.1'), 204),
  refused('a method of nobody', sized('', 'STEAL /v1/events HTTP/1.1'), 400),
  refused('a method in small letters', sized('', 'post /v1/events HTTP/1.1'), 400),
  answered('GET of the script', bodiless('GET /clicktrail.js HTTP/1.1'), 200),
  answered('HEAD of the script', bodiless('HEAD /clicktrail.js HTTP/1.1'), 200),
  answered('HEAD of nothing', bodiless('HEAD /nothing HTTP/1.1'), 404),
  answered('POST to the script', sized('', 'POST /clicktrail.js HTTP/1.1'), 405),
]

const protocols: readonly RawCase[] = [
  taken('ten requests in a row', Buffer.concat(Array.from({ length: 10 }, () => sized(''))), Array(10).fill(204), 10),
  taken(
    'good, bad and good in a row',
    Buffer.concat([sized(''), post('Content-Length: 1\r\n', '{'), sized('')]),
    [204, 400, 204],
    2,
  ),
  taken('line breaks before a request', Buffer.concat([raw('\r\n\r\n'), sized('')])),
  takenLast('HTTP/1.0', sized('', 'POST /v1/events HTTP/1.0')),
  takenLast('HTTP/1.0 that would keep the connection', sized('Connection: keep-alive\r\n', 'POST /v1/events HTTP/1.0')),
  takenLast('HTTP/1.0 without a Host', raw(`POST /v1/events HTTP/1.0\r\n${length(valid)}\r\n${valid}`)),
  takenLast('Connection: close', sized('Connection: close\r\n')),
  refused('HTTP/0.9', raw('GET /v1/events\r\n'), 400),
  refused('HTTP/1.2', sized('', 'POST /v1/events HTTP/1.2'), 400),
  refused('HTTP/2.0 in words', sized('', 'POST /v1/events HTTP/2.0'), 400),
  refused('HTTP/3.7', sized('', 'POST /v1/events HTTP/3.7'), 400),
  refused('http in small letters', sized('', 'POST /v1/events http/1.1'), 400),
  refused('no version', sized('', 'POST /v1/events'), 400),
  taken('two spaces before the version', sized('', 'POST /v1/events  HTTP/1.1')),
  refused('the preface of HTTP/2', raw('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0'), 400),
  takenLast(
    'Upgrade to a websocket',
    sized('Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n'),
  ),
  takenLast(
    'Upgrade to h2c',
    sized('Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n'),
  ),
  taken('Expect: 100-continue', sized('Expect: 100-continue\r\n'), [100, 204]),
  answered(
    'Expect: 100-continue of a body that is refused',
    sized('Expect: 100-continue\r\nContent-Encoding: gzip\r\n'),
    100,
    415,
  ),
  taken('another expectation, which is passed over', sized('Expect: 200-ok\r\n')),
  refused('another expectation and two hosts', sized('Expect: 200-ok\r\nHost: y\r\n'), 400),
  refused('the ClientHello of TLS', Buffer.from('16030100c8010000c40303', 'hex'), 400),
  refused('an SSH banner', raw('SSH-2.0-OpenSSH_9.6\r\n'), 400),
  refused('a SOCKS5 greeting', Buffer.from('050100', 'hex'), 400),
  refused('a PROXY protocol line', Buffer.concat([raw('PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n'), sized('')]), 400),
  refused('zeros', Buffer.alloc(512), 400),
  refused('random bytes', Buffer.from('9f3c00e17bd20a5568f1c4', 'hex'), 400),
]

export const rawCases: readonly RawCase[] = [...framing, ...headerLines, ...targets, ...methods, ...protocols]
