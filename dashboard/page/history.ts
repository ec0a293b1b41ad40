import { element } from './dom.ts'
import { keep, readKept } from './kept.ts'

const kept = 30

/** What was asked before, in this browser alone; the last first, each once. */
export interface History {
  element: HTMLElement
  add(sql: string): void
}

/** A list to choose from, hidden while it is empty; `choose` gets the text of a query. */
export function createHistory(choose: (sql: string) => void): History {
  let queries = readQueries()
  const list = document.createElement('select')
  list.id = 'history'
  list.setAttribute('aria-label', 'Queries asked before')
  list.addEventListener('change', () => {
    const sql = queries[list.selectedIndex - 1]
    list.selectedIndex = 0
    if (sql !== undefined) choose(sql)
  })
  const forget = element('button', 'quiet', 'Forget')
  forget.setAttribute('type', 'button')
  forget.title = 'Forget the queries asked before'
  forget.addEventListener('click', () => save([]))
  const whole = element('span', 'history', list, forget)

  function save(next: string[]): void {
    queries = next
    keep('queries', JSON.stringify(queries))
    show()
  }

  function show(): void {
    whole.hidden = queries.length === 0
    list.replaceChildren(
      new Option('Asked before'),
      ...queries.map(sql => new Option(sql.replace(/\s+/g, ' ').slice(0, 90))),
    )
  }

  show()
  return {
    element: whole,
    add: sql => save([sql, ...queries.filter(other => other !== sql)].slice(0, kept)),
  }
}

function readQueries(): string[] {
  try {
    const found: unknown = JSON.parse(readKept('queries') ?? '[]')
    return Array.isArray(found) ? found.filter(query => typeof query === 'string').slice(0, kept) : []
  } catch {
    // Not ours: somebody else wrote under this name.
    return []
  }
}
