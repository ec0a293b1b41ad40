import { element } from './dom.ts'
import { numberText } from './format.ts'

type Cell = string | number | null | Node

/** A table that scrolls by itself, also by keyboard. Strings become text, numbers stand at the right. */
export function tableOf(
  label: string,
  columns: readonly (string | { name: string; title: string; numeric: boolean })[],
  rows: readonly (readonly Cell[])[],
): HTMLElement {
  const head = columns.map((column, index) => {
    if (typeof column !== 'string') {
      const made = element('th', column.numeric ? 'number' : '', column.name)
      made.title = column.title
      return made
    }
    return element('th', rows.length > 0 && typeof rows[0]?.[index] === 'number' ? 'number' : '', column)
  })
  for (const made of head) made.setAttribute('scope', 'col')
  const numeric = columns.map(column => typeof column !== 'string' && column.numeric)
  const body = rows.map(row => element('tr', '', ...row.map((cell, index) => cellOf(cell, numeric[index] === true))))
  const table = element('table', '', element('thead', '', element('tr', '', ...head)), element('tbody', '', ...body))
  const scroll = element('div', 'scroll', table)
  scroll.tabIndex = 0
  scroll.setAttribute('role', 'region')
  scroll.setAttribute('aria-label', label)
  return scroll
}

function cellOf(cell: Cell, numeric: boolean): HTMLElement {
  if (cell === null) return element('td', 'null', 'NULL')
  if (typeof cell === 'number') return element('td', 'number', numberText(cell))
  if (typeof cell !== 'string') return element('td', numeric ? 'number' : '', cell)
  const made = element('td', numeric ? 'number' : '', cell)
  made.title = cell
  return made
}
