/** A table as it may be taken along: what the page shows of it is not necessarily all. */
export interface Sheet {
  /** Goes into the file's name. */
  name: string
  columns: readonly string[]
  rows: readonly (readonly (string | number | null)[])[]
}

const plainNumber = /^-?\d+(\.\d+)?$/
const formula = /^(\s*[=+\-@＝＋－＠]|[\t\r\n])/

/**
 * The sheet as CSV (RFC 4180, with a byte order mark, so that Excel reads UTF-8). What a spreadsheet would run as a formula gets an
 * apostrophe before it, and every text is quoted (OWASP, CSV Injection); numbers stay numbers. Null is an empty cell.
 */
export function csvOf({ columns, rows }: Sheet): string {
  return `\ufeff${[columns, ...rows].map(row => `${row.map(cellOf).join(',')}\r\n`).join('')}`
}

function cellOf(value: string | number | null): string {
  if (value === null) return ''
  const text = String(value)
  if (plainNumber.test(text)) return text
  return `"${(formula.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`
}
