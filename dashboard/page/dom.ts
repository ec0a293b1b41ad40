/** The element of the page with this id; throws when the page has none, or one of another kind. */
export function byId<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id)
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`)
  return found
}

/** Makes an element. Children that are strings become text nodes, so that nothing a visitor sent is ever read as markup. */
export function element(tag: string, className: string, ...children: (Node | string)[]): HTMLElement {
  const made = document.createElement(tag)
  if (className !== '') made.className = className
  made.append(...children)
  return made
}

const shown = new WeakMap<Element, string>()

/** Calls `render` only if `value` differs from what `place` shows, so that a refresh disturbs neither focus nor selection. */
export function whenChanged(place: Element, value: unknown, render: () => void): void {
  const key = JSON.stringify(value)
  if (shown.get(place) === key) return
  shown.set(place, key)
  render()
}
