const value = 'value'
const afterValue = 'after a value'

type Expected = typeof value | typeof afterValue | 'a value or the end' | 'a name' | 'a name or the end' | 'a colon'

/** One token of JSON (RFC 8259) with the whitespace before it: punctuation, a string, or a literal. */
const token =
  /[ \t\n\r]*(?:([{}[\],:])|("(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-]))/y

/** Where a text stops being JSON, in UTF-16 units: the first token that may not stand there, or the text's end. Undefined for JSON. */
export function jsonFaultAt(text: string): number | undefined {
  const open: string[] = []
  let expected: Expected = value
  token.lastIndex = 0
  for (;;) {
    const start = token.lastIndex
    const match = token.exec(text)
    if (!match) {
      const at = start + (/^[ \t\n\r]*/.exec(text.slice(start))?.[0].length ?? 0)
      return at === text.length && open.length === 0 && expected === afterValue ? undefined : at
    }
    const [, mark, string] = match
    const next = follow(expected, mark ?? (string === undefined ? 'literal' : 'string'), open)
    if (next === undefined) return token.lastIndex - match[0].trimStart().length
    expected = next
  }
}

/** What may come after `kind`, which opens or closes what it stands in; undefined where it may not stand. */
function follow(expected: Expected, kind: string, open: string[]): Expected | undefined {
  const inside = open.at(-1)
  const isValue = expected === value || expected === 'a value or the end'
  if (kind === '{' || kind === '[') {
    if (!isValue) return undefined
    open.push(kind)
    return kind === '{' ? 'a name or the end' : 'a value or the end'
  }
  if (kind === '}' || kind === ']') {
    const closes = inside === (kind === '}' ? '{' : '[')
    const maybe = kind === '}' ? 'a name or the end' : 'a value or the end'
    if (!closes || !(expected === afterValue || expected === maybe)) return undefined
    open.pop()
    return afterValue
  }
  if (kind === ',') {
    if (expected !== afterValue || inside === undefined) return undefined
    return inside === '{' ? 'a name' : value
  }
  if (kind === ':') return expected === 'a colon' ? value : undefined
  if (kind === 'string' && (expected === 'a name' || expected === 'a name or the end')) return 'a colon'
  return isValue ? afterValue : undefined
}

/** The first byte that is not UTF-8, or undefined. */
export function utf8FaultAt(bytes: Uint8Array): number | undefined {
  const again = Buffer.from(Buffer.from(bytes).toString('utf8'))
  if (again.equals(bytes)) return undefined
  const at = bytes.findIndex((byte, position) => again[position] !== byte)
  return at < 0 ? bytes.length : at
}
