import type { SqlAnswer } from '../../answers.ts'
import { readyQueries } from '../../ready-queries.ts'
import { card } from '../card.ts'
import { csvButton } from '../csv-button.ts'
import { element } from '../dom.ts'
import { amountText } from '../format.ts'
import { createHistory } from '../history.ts'
import type { OpenRoom } from '../room.ts'
import { tableOf } from '../table.ts'

/** The SQL box: ready queries, what was asked before, Run, Ctrl+Enter, and the answer as a table or as what is wrong. */
export const openSql: OpenRoom = (place, house) => {
  let answer: SqlAnswer | undefined
  let asking: AbortController | undefined
  const text = document.createElement('textarea')
  Object.assign(text, { id: 'sql', rows: 7, spellcheck: false, autocomplete: 'off', maxLength: 20_000 })
  text.setAttribute('aria-label', 'SQL')
  text.setAttribute('autocapitalize', 'off')
  const button = document.createElement('button')
  Object.assign(button, { type: 'submit', className: 'primary', id: 'run', textContent: 'Run' })
  const keys = element('span', 'keys', element('kbd', '', 'Ctrl'), '+', element('kbd', '', 'Enter'))
  const history = createHistory(sql => put(sql))
  const form = element('form', '', text, element('div', 'run', button, keys, history.element))
  const ready = element('div', 'ready', ...readyQueries.map(readyButton))
  ready.setAttribute('role', 'group')
  ready.setAttribute('aria-label', 'Ready queries')
  const result = element('div', '')
  result.id = 'sql-answer'
  result.setAttribute('aria-live', 'polite')
  const box = card('Ask in SQL', { beside: [csvButton(() => sheetOf(answer))] })
  const hint = element('p', 'hint', 'One SELECT over ', element('code', '', 'events'), ' or a view of it: ')
  hint.append(element('code', '', 'SHOW TABLES'), ' lists them. At most 5 seconds and 1,000 rows.')
  box.body.append(hint, ready, form, result)
  place.append(box.whole)

  function put(sql: string): void {
    text.value = sql
    text.rows = Math.max(4, Math.min(20, sql.split('\n').length + 1))
  }

  function readyButton({ title, sql }: { title: string; sql: string }): HTMLElement {
    const made = element('button', '', title)
    made.setAttribute('type', 'button')
    made.addEventListener('click', () => {
      put(sql)
      void run()
    })
    return made
  }

  async function run(): Promise<void> {
    const sql = text.value.trim()
    if (button.disabled || sql === '') return
    button.disabled = true
    button.textContent = 'Running …'
    house.go({ sql })
    history.add(sql)
    asking = new AbortController()
    answer = await askSql(sql, asking.signal)
    result.replaceChildren(...shown(answer))
    button.disabled = false
    button.textContent = 'Run'
  }

  form.addEventListener('submit', event => {
    event.preventDefault()
    void run()
  })
  text.addEventListener('keydown', event => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void run()
  })

  let linked: string | undefined
  return {
    // A link brings its query but doesn't run it: nobody's link is to keep a processor busy.
    async show({ chosen }) {
      const sql = chosen['sql'] ?? readyQueries[0]?.sql ?? ''
      if (sql !== linked && sql !== text.value.trim()) put(sql)
      linked = sql
    },
    leave: () => asking?.abort(),
  }
}

async function askSql(sql: string, signal: AbortSignal): Promise<SqlAnswer> {
  try {
    const response = await fetch('api/sql', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ sql }),
      signal,
    })
    const answer = await response.json()
    return response.ok ? answer : { ok: false, error: String(answer.error), elapsedMs: 0 }
  } catch {
    return { ok: false, error: 'The server does not answer.', elapsedMs: 0 }
  }
}

function shown(answer: SqlAnswer): HTMLElement[] {
  if (!answer.ok) {
    const error = element('p', 'error', answer.error)
    error.setAttribute('role', 'alert')
    return [error]
  }
  const { columns, rows, truncated, elapsedMs } = answer
  const more = truncated ? ', cut: there is more than is shown' : ''
  const summary = element('p', 'hint summary', `${amountText(rows.length, 'row')} in ${elapsedMs} ms${more}`)
  const heads = columns.map(({ name, type }) => ({
    name,
    title: type,
    numeric: /INT|DECIMAL|DOUBLE|FLOAT/.test(type),
  }))
  return rows.length === 0 ? [summary] : [summary, tableOf('Answer', heads, rows)]
}

function sheetOf(answer: SqlAnswer | undefined) {
  if (answer?.ok !== true) return undefined
  return { name: 'query', columns: answer.columns.map(({ name }) => name), rows: answer.rows }
}
