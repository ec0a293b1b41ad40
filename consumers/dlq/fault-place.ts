import { type ParseError, parse } from 'jsonc-parser'

const strict = { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false }

/** Where a text stops being JSON (RFC 8259), in UTF-16 units: the first token that may not stand there, or the text's end. Undefined for JSON. */
export function jsonFaultAt(text: string): number | undefined {
  try {
    JSON.parse(text)
    return undefined
  } catch {
    const errors: ParseError[] = []
    parse(text, errors, strict)
    return errors[0]?.offset ?? 0
  }
}

/** The first byte that is not UTF-8, or undefined. */
export function utf8FaultAt(bytes: Uint8Array): number | undefined {
  const again = Buffer.from(Buffer.from(bytes).toString('utf8'))
  if (again.equals(bytes)) return undefined
  const at = bytes.findIndex((byte, position) => again[position] !== byte)
  return at < 0 ? bytes.length : at
}
