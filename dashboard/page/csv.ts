/** A table as it may be taken along: what the page shows of it is not necessarily all. */
export interface Sheet {
  /** Goes into the file's name. */
  name: string
  columns: readonly string[]
  rows: readonly (readonly (string | number | null)[])[]
}

/** Text that every reader takes for the same number: `007` would lose its zeros, and a longer one its last digits. */
const wholeNumber = /^(0|[1-9]\d{0,14})$/
const plainNumber = /^-?\d+(\.\d+)?$/
const formula = /^(\s*[=+\-@＝＋－＠]|[\t\r\n])/

/**
 * The sheet as CSV (RFC 4180, with a byte order mark, so that Excel reads UTF-8). What a spreadsheet would run as a formula gets an
 * apostrophe before it, and every text but a short whole number is quoted (OWASP, CSV Injection). Null is an empty cell.
 */
export function csvOf({ columns, rows }: Sheet): string {
  return `\ufeff${[columns, ...rows].map(row => `${row.map(cellOf).join(',')}\r\n`).join('')}`
}

function cellOf(value: string | number | null): string {
  if (value === null) return ''
  const text = String(value)
  if (Number.isFinite(value) || wholeNumber.test(text)) return text
  const isFormula = formula.test(text) && !plainNumber.test(text)
  return `"${(isFormula ? `'${text}` : text).replaceAll('"', '""')}"`
}
