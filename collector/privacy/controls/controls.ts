import type {} from '../../../sdk/script.ts'
import type { Held } from './held.ts'
import { deleteHeld, held } from './place.ts'

/**
 * Fills the element `#clicktrail-privacy` of any page, behind the tracker's tag: what was chosen, buttons for the other
 * choice, and what this browser holds. Shows each change within a second.
 */
function showControls(root: HTMLElement): void {
  const tracker: Window['clicktrail'] | undefined = window.clicktrail
  const state = add(root, 'p')
  state.setAttribute('role', 'status')
  const refuse = button(root, 'Refuse', () => {
    tracker?.optOut()
    deleteHeld()
  })
  const allow = button(root, 'Allow', () => tracker?.optIn())
  add(root, 'p', `What this browser holds for ${location.host}:`)
  const list = add(root, 'ul')
  const remove = button(root, 'Delete it', deleteHeld)
  add(root, 'small', 'What was delivered lies with the operator.')
  let shown = ''
  show()
  setInterval(show, 1_000)

  function show(): void {
    const now = held()
    const blocked = tracker?.status()?.blocked
    const choice = now.find(({ kind }) => kind === 'choice')?.texts[0]
    setText(state, tracker ? sentenceOf(blocked, choice) : 'The tracker was kept away: this page collects nothing.')
    refuse.disabled = !tracker || blocked === 'optOut' || choice === 'optOut'
    allow.disabled = !tracker || choice === ''
    remove.disabled = now.every(({ texts }) => texts[0] === 'optOut')
    const text = JSON.stringify(now)
    if (text === shown) return
    shown = text
    list.replaceChildren()
    for (const entry of now) showEntry(list, entry)
    if (now.length === 0) add(list, 'li', 'Nothing at all.')
  }

  function sentenceOf(blocked: string | undefined, choice: string | undefined): string {
    if (blocked === 'gpc') {
      const passed = root.dataset['gpc'] === 'ignore' ? ', but on a website that passes it over' : ''
      return `Your browser sends Global Privacy Control: nothing is collected${passed}.`
    }
    if (blocked === 'optOut' || choice === 'optOut') return 'You have refused: nothing is collected.'
    if (choice === '') return 'You have allowed it.'
    return blocked === 'wait' ? 'Nothing is collected until you allow it.' : 'You have not refused.'
  }

  function button(into: HTMLElement, label: string, press: () => void): HTMLButtonElement {
    const made = add(into, 'button', label)
    made.type = 'button'
    made.addEventListener('click', () => {
      press()
      show()
    })
    return made
  }
}

function showEntry(list: HTMLElement, { what, keys, texts }: Held): void {
  const details = add(add(list, 'li'), 'details')
  add(details, 'summary', what)
  keys.forEach((key, i) => {
    add(details, 'pre', `${key}\n${texts[i]}`)
  })
}

/** Text stays text: nothing is parsed as HTML. */
function add<K extends keyof HTMLElementTagNameMap>(into: HTMLElement, tag: K, text = ''): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  made.textContent = text
  into.append(made)
  return made
}

/** The same text again would be read aloud again. */
function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

const root = document.getElementById('clicktrail-privacy')
if (root) showControls(root)
