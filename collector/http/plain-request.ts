import type { EventsHeaders } from './events-route.ts'
import { httpLimits } from './http-limits.ts'

/** One request that Node's parser needn't see. */
export interface PlainRequest {
  method: string
  target: string
  head: PlainHead
  /** How many header lines it has. */
  lineCount: number
  /** A view of the bytes that were read. */
  body: Buffer
  /** How many bytes of its body haven't come yet. */
  missing: number
}

/** The header lines of a request but for Content-Length. */
export interface PlainHead {
  /** Those above and below it, as they came. */
  above: string
  below: string
  lineCount: number
  /** Those that the events path looks at. */
  headers: EventsHeaders
}

// Headers that change where a request ends, or what becomes of its connection, are named; any other may stand between.
const special = '(?:content-length|transfer-encoding|connection|proxy-connection|upgrade|expect)'
// field-name and field-value of RFC 9110 §5.1, §5.5
const other = `(?!${special})[!#$%&'*+.^_\`|~0-9a-z-]+:[^\\0-\\x08\\n-\\x1f\\x7f\\xa0]*`
const plain = `(?:(?:${other}|connection: ?keep-alive)\\r\\n)*`
const headPattern = new RegExp(
  `^(GET|POST|OPTIONS) (/[!-~]*) (HTTP/1\\.1)\\r\\n(${plain})(?:content-length: ?(\\d{1,8})\\r\\n(${plain}))?$`,
  'i',
)
const headEnd = Buffer.from('\r\n\r\n')
/** Of the whole request: more is not kept for a reader of its own. */
const maxBytes = 64 * 1_024

const none: Record<keyof EventsHeaders, string | undefined> = {
  host: undefined,
  origin: undefined,
  'user-agent': undefined,
  'accept-language': undefined,
  'content-type': undefined,
  'content-encoding': undefined,
  'x-forwarded-for': undefined,
  'sec-gpc': undefined,
  'sec-purpose': undefined,
  purpose: undefined,
  'x-purpose': undefined,
  'x-moz': undefined,
}
const names = Object.keys(none) as (keyof EventsHeaders)[]
/** By the code of their first letter. */
const namesFrom = Array.from({ length: 128 }, (_, code) => names.filter(name => name.charCodeAt(0) === code))

/**
 * The request that these bytes are, if they are exactly one, from its first byte to its last or to some byte of its body, and
 * so plain that no two readers could disagree about where it ends (RFC 9112 §6.3) or what it says: one Host, none of the
 * headers that the events path looks at twice. Undefined for everything else, which is the parser's. `before` is the head of
 * an earlier request of the same client, which is mostly the same again.
 */
export function plainRequest(bytes: Buffer, before?: PlainHead): PlainRequest | undefined {
  const end = bytes.indexOf(headEnd)
  if (end < 0 || end > httpLimits.headerBytes) return undefined
  const found = headPattern.exec(bytes.toString('latin1', 0, end + 2))
  if (found === null) return undefined
  const [, method = '', target = '', version, above = '', length, below = ''] = found
  const bodyAt = end + headEnd.length
  const bytesInAll = bodyAt + Number(length ?? 0)
  const missing = bytesInAll - bytes.length
  if (version !== 'HTTP/1.1' || missing < 0 || bytesInAll > maxBytes) return undefined
  const head = before?.above === above && before.below === below ? before : headOf(above, below)
  if (head === undefined) return undefined
  const lineCount = head.lineCount + (length === undefined ? 0 : 1)
  return { method, target, head, lineCount, body: bytes.subarray(bodyAt), missing }
}

function headOf(above: string, below: string): PlainHead | undefined {
  const lines = above + below
  const headers = { ...none }
  let lineCount = 0
  for (let at = 0; at < lines.length; lineCount++) {
    const end = lines.indexOf('\r', at)
    const name = nameAt(lines, at)
    if (name !== undefined) {
      if (headers[name] !== undefined) return undefined
      headers[name] = lines.slice(at + name.length + 1, end).trim()
    }
    at = end + 2
  }
  return headers.host === undefined ? undefined : { above, below, lineCount, headers }
}

function nameAt(lines: string, at: number): keyof EventsHeaders | undefined {
  for (const name of namesFrom[lines.charCodeAt(at) | 0x20] ?? []) if (hasName(lines, at, name)) return name
  return undefined
}

/** Whether a header of that name stands there, of letters and hyphens, in small letters or capitals, which differ in one bit. */
function hasName(lines: string, at: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    if ((lines.charCodeAt(at + i) | 0x20) !== name.charCodeAt(i)) return false
  }
  return lines[at + name.length] === ':'
}
