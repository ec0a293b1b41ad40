import type { RecentEvent, Status } from '../sdk/api.ts'
import { byId, element } from './element.ts'
import { reasonOf, watchStatus } from './tracker.ts'

const states = {
  queued: 'waiting',
  sent: 'sent',
  acknowledged: 'acknowledged',
  dropped: 'dropped',
} as const

/** Keeps the page's list of recent events up to date, newest first. */
export function showFeed(): void {
  watchStatus(show)
}

function show(status: Status | undefined) {
  const reason = reasonOf(status)
  byId('notice').hidden = !reason
  byId('notice').textContent = reason ?? ''
  byId('summary').textContent = status ? summaryOf(status) : ''
  const rows = (status?.recent ?? []).map(row).reverse()
  byId('feed').replaceChildren(...(rows.length ? rows : [element('li', { class: 'empty' }, 'Nothing yet.')]))
}

function summaryOf({ sent, acknowledged, recent }: Status): string {
  const waiting = recent.filter(({ state }) => state === 'queued').length
  return `${waiting} waiting · ${sent} sent · ${acknowledged} acknowledged`
}

function row({ id, action, user, properties, state }: RecentEvent): HTMLElement {
  const color = properties?.['color']
  const detail = Object.entries(properties ?? {}).map(([name, value]) => `${name} ${value}`)
  if (user) detail.push(`by ${user}`)
  return element(
    'li',
    { class: state },
    element('span', { class: `dot ${typeof color === 'string' ? color : ''}`, 'aria-hidden': 'true' }),
    element('span', { class: 'what' }, element('b', {}, action), element('small', {}, detail.join(' · ') || id)),
    element('span', { class: 'state' }, states[state]),
  )
}
