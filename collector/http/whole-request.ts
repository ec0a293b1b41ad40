/** What is known of a request before the HTTP parser has seen it. */
export interface WholeRequest {
  method: string
  target: string
  /** Its request line and headers, each with its line's end. */
  head: string
}

// Headers that change where a request ends, or what becomes of its connection, are named; any other may stand between.
const special = '(?:content-length|transfer-encoding|connection|upgrade|expect)'
const plain = `(?:(?!${special})[!-9;-~]+:[^\\r\\n\\0]*\\r\\n|connection: ?keep-alive\\r\\n)*`
const headPattern = new RegExp(
  `^(GET|POST|OPTIONS) (/[!-~]*) HTTP/1\\.1\\r\\n${plain}(?:content-length: ?(\\d{1,8})\\r\\n${plain})?$`,
  'i',
)
const originPattern = /\r\norigin: ?([^\r\n]*)\r\n/i
const headEnd = Buffer.from('\r\n\r\n')

/**
 * The request that these bytes are, if they are exactly one, from its first byte to its last, and so plain that no two
 * readers could disagree about where it ends (RFC 9112 §6.3); undefined for everything else, which is the parser's.
 */
export function wholeRequest(bytes: Buffer): WholeRequest | undefined {
  const end = bytes.indexOf(headEnd)
  if (end < 0) return undefined
  const head = bytes.toString('latin1', 0, end + 2)
  const found = headPattern.exec(head)
  if (found === null) return undefined
  const [, method = '', target = '', length = '0'] = found
  return end + headEnd.length + Number(length) === bytes.length ? { method, target, head } : undefined
}

/** The value of its Origin header. */
export function originOf({ head }: WholeRequest): string | undefined {
  return originPattern.exec(head)?.[1]
}
