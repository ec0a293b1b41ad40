import type { LatestEvent } from '../api.ts'
import { element, whenChanged } from './dom.ts'
import { timeText } from './format.ts'
import { swatchOf } from './swatch.ts'

const titles = ['Time', 'Action', 'Who', 'Page', 'Properties', 'Browser', 'Site']

/** Shows the latest events as a table, the newest first. */
export function showLatest(place: HTMLElement, events: readonly LatestEvent[], nowMs: number): void {
  whenChanged(place, events, () => {
    if (events.length === 0) {
      place.replaceChildren(element('p', 'nothing pad', 'Nothing has landed yet.'))
      return
    }
    const head = element('tr', '', ...titles.map(title => element('th', '', title)))
    const rows = events.map(event => rowOf(event, nowMs))
    place.replaceChildren(element('table', '', element('thead', '', head), element('tbody', '', ...rows)))
  })
}

function rowOf(event: LatestEvent, nowMs: number): HTMLElement {
  const time = element('td', '', timeText(event.timeMs, nowMs, true))
  time.title = new Date(event.timeMs).toISOString()
  const browser = [event.browser, event.os].filter(text => text !== null).join(' · ')
  return element(
    'tr',
    '',
    time,
    element('td', '', element('span', 'tag', event.action)),
    cell(event.user),
    cell(event.path),
    element('td', '', ...Object.entries(event.properties).map(pairOf)),
    cell(browser === '' ? null : browser),
    cell(event.site),
  )
}

function cell(text: string | null): HTMLElement {
  const made = element('td', '', text ?? '–')
  made.title = text ?? ''
  return made
}

function pairOf([name, value]: [string, string]): HTMLElement {
  const swatch = name.includes('color') ? swatchOf(value) : undefined
  return element('span', 'pair', element('b', '', name), ...(swatch ? [swatch] : []), value)
}
