import type { SqlAnswer } from '../api.ts'
import { readyQueries } from '../ready-queries.ts'
import { byId, element } from './dom.ts'
import { countText } from './format.ts'

/** Makes the SQL box work: ready queries, Run, Ctrl+Enter, and the answer as a table or as what is wrong. */
export function setUpSqlForm(): void {
  const form = byId('sql-form', HTMLFormElement)
  const text = byId('sql', HTMLTextAreaElement)
  const button = byId('run', HTMLButtonElement)
  const place = byId('sql-answer', HTMLElement)

  async function run(): Promise<void> {
    if (button.disabled || text.value.trim() === '') return
    button.disabled = true
    button.textContent = 'Running …'
    place.replaceChildren(...show(await ask(text.value)))
    button.disabled = false
    button.textContent = 'Run'
  }

  for (const { title, sql } of readyQueries) {
    const ready = element('button', '', title)
    ready.setAttribute('type', 'button')
    ready.addEventListener('click', () => {
      text.value = sql
      text.rows = sql.split('\n').length + 1
      void run()
    })
    byId('ready', HTMLElement).append(ready)
  }
  text.value = readyQueries[0]?.sql ?? ''
  form.addEventListener('submit', event => {
    event.preventDefault()
    void run()
  })
  text.addEventListener('keydown', event => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void run()
  })
}

async function ask(sql: string): Promise<SqlAnswer> {
  try {
    const response = await fetch('api/sql', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ sql }),
    })
    const answer = await response.json()
    return response.ok ? answer : { ok: false, error: String(answer.error), elapsedMs: 0 }
  } catch {
    return { ok: false, error: 'The server does not answer.', elapsedMs: 0 }
  }
}

function show(answer: SqlAnswer): HTMLElement[] {
  if (!answer.ok) {
    const error = element('p', 'error', answer.error)
    error.setAttribute('role', 'alert')
    return [error]
  }
  const rows = `${countText(answer.rows.length)} ${answer.rows.length === 1 ? 'row' : 'rows'}`
  const more = answer.truncated ? ', cut: there is more than is shown' : ''
  const summary = element('p', 'hint summary', `${rows} in ${answer.elapsedMs} ms${more}`)
  return answer.rows.length === 0 ? [summary] : [summary, tableOf(answer)]
}

function tableOf({ columns, rows }: Extract<SqlAnswer, { ok: true }>): HTMLElement {
  const numeric = columns.map(({ type }) => /INT|DECIMAL|DOUBLE|FLOAT/.test(type))
  const classOf = (index: number) => (numeric[index] ? 'number' : '')
  const head = columns.map(({ name, type }, index) => {
    const made = element('th', classOf(index), name)
    made.title = type
    return made
  })
  const body = rows.map(row =>
    element(
      'tr',
      '',
      ...row.map((text, index) => {
        const made = element('td', text === null ? 'null' : classOf(index), text ?? 'NULL')
        made.title = text ?? ''
        return made
      }),
    ),
  )
  const table = element('table', '', element('thead', '', element('tr', '', ...head)), element('tbody', '', ...body))
  const scroll = element('div', 'scroll', table)
  scroll.tabIndex = 0
  return scroll
}
