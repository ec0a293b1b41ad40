import { lateAfterS } from '../../../deploy/hive/loss.ts'
import type { LiveAnswer, LiveEvent } from '../../answers.ts'
import { questionOf } from '../address.ts'
import { ask } from '../ask.ts'
import { card } from '../card.ts'
import { csvButton } from '../csv-button.ts'
import { element, whenChanged } from '../dom.ts'
import { agoText, timeText } from '../format.ts'
import type { OpenRoom } from '../room.ts'
import { swatchOf } from '../swatch.ts'
import { tableOf } from '../table.ts'

const columns = ['Time', 'Event', 'Properties', 'Page', 'Who', 'Browser', 'Site']

/** The events that were received last, as they land. Paused, it stands still. */
export const openLive: OpenRoom = (place, house) => {
  let events: LiveEvent[] = []
  let seen: ReadonlySet<string> | undefined
  let paused = false
  const pause = element('button', 'quiet', 'Pause')
  pause.setAttribute('type', 'button')
  pause.setAttribute('aria-pressed', 'false')
  pause.addEventListener('click', () => {
    paused = !paused
    pause.setAttribute('aria-pressed', String(paused))
    pause.textContent = paused ? 'Go on' : 'Pause'
    if (!paused) house.go({})
  })
  const list = card('The last 50 events', { id: 'latest', beside: [pause, csvButton(() => sheetOf(events))] })
  place.append(list.whole)

  return {
    async show(address, signal) {
      if (paused) return
      const answer = await ask<LiveAnswer>(`api/panel/live?${questionOf(address, house.nowMs())}`, signal)
      if (paused) return
      events = answer.events
      const before = seen
      seen = new Set(events.map(({ id }) => id))
      whenChanged(list.body, events, () => {
        if (events.length === 0) {
          list.body.replaceChildren(element('p', 'nothing', 'No event in this time.'))
          return
        }
        const table = tableOf(
          'The last events',
          columns,
          events.map(event => cellsOf(event, house.nowMs())),
        )
        table.classList.add('tall')
        for (const [index, row] of [...table.querySelectorAll('tbody tr')].entries())
          if (before && !before.has(events[index]?.id ?? '')) row.className = 'new'
        list.body.replaceChildren(table)
      })
    },
  }
}

function cellsOf(event: LiveEvent, nowMs: number): (Node | string)[] {
  const time = element('span', '', timeText(event.timeMs, nowMs, true))
  time.title = new Date(event.timeMs).toISOString()
  const delayMs = event.receivedMs - event.timeMs
  if (delayMs > lateAfterS * 1_000) {
    const late = element('span', 'late', 'late')
    late.title = `received ${agoText(delayMs).replace(' ago', '')} later`
    time.append(' ', late)
  }
  const browser = [event.browser, event.os].filter(text => text !== null).join(' · ')
  return [
    time,
    element('span', 'tag', event.action),
    element('span', '', ...Object.entries(event.properties).map(pairOf)),
    event.path ?? '–',
    event.user ?? '–',
    browser === '' ? '–' : browser,
    event.site,
  ]
}

function pairOf([name, value]: [string, string]): HTMLElement {
  const swatch = name.includes('color') ? swatchOf(value) : undefined
  return element('span', 'pair', element('b', '', name), ...(swatch ? [swatch] : []), value)
}

function sheetOf(events: readonly LiveEvent[]) {
  return {
    name: 'live',
    columns: ['id', 'time', 'received', 'event', 'who', 'page', 'properties', 'browser', 'system', 'site'],
    rows: events.map(event => [
      event.id,
      new Date(event.timeMs).toISOString(),
      new Date(event.receivedMs).toISOString(),
      event.action,
      event.user,
      event.path,
      JSON.stringify(event.properties),
      event.browser,
      event.os,
      event.site,
    ]),
  }
}
