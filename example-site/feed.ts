import type { Status } from '../sdk/index.ts'
import { byId, element } from './element.ts'
import { type Followed, follow, type Trail } from './followed.ts'
import { reasonOf, watchStatus } from './tracker.ts'

let trail: Trail = { events: [], acknowledged: 0 }

/** Keeps the page's list of recent events up to date, newest first. */
export function showFeed(): void {
  watchStatus(show)
}

function show(status: Status | undefined) {
  if (status) trail = follow(trail, status)
  const reason = reasonOf(status)
  byId('notice').hidden = !reason
  byId('notice').textContent = reason ?? ''
  byId('summary').textContent = status ? summaryOf(status) : ''
  const onItsWay = status?.blocked === 'retry' ? 'kept' : 'sent'
  const rows = trail.events.map(event => row(event, onItsWay)).reverse()
  byId('feed').replaceChildren(...(rows.length ? rows : [element('li', { class: 'empty' }, 'Nothing yet.')]))
}

function summaryOf({ acknowledged, dropped }: Status): string {
  const held = trail.events.filter(({ state }) => state === 'waiting' || state === 'kept').length
  const lost = Object.entries(dropped).map(([reason, count]) => ` · ${count} dropped (${reason})`)
  return `${held} held · ${acknowledged} acknowledged${lost.join('')}`
}

function row({ id, action, user, properties, state }: Followed, onItsWay: string): HTMLElement {
  const color = properties['color']
  const detail = Object.entries(properties).map(([name, value]) => `${name} ${value}`)
  if (user) detail.push(`by ${user}`)
  return element(
    'li',
    { class: state, title: id },
    element('span', { class: `dot ${typeof color === 'string' ? color : ''}`, 'aria-hidden': 'true' }),
    element('span', { class: 'what' }, element('b', {}, action), element('small', {}, detail.join(' · ') || id)),
    element('span', { class: 'state' }, state === 'kept' ? onItsWay : state),
  )
}
