import type { CollectorAnswer, CollectorFigures } from '../../answers.ts'
import { ask } from '../ask.ts'
import { card } from '../card.ts'
import { csvButton } from '../csv-button.ts'
import { element, whenChanged } from '../dom.ts'
import { amountText, timeText } from '../format.ts'
import type { House } from '../room.ts'
import { tableOf } from '../table.ts'

type Lost = CollectorFigures['lost'][number]

const names: Record<Lost['what'], string> = {
  refused: 'Requests refused',
  rejected: 'Events refused, their batch taken',
  dropped: 'Requests not looked at',
  'given up': 'Events that browsers gave up',
}
const reasons: Readonly<Record<string, string>> = {
  gpc: 'the visitor refuses (GPC)',
  prefetch: 'a page loaded in advance',
}

/** What the collector itself refused and dropped, beside what got lost on the way. */
export function createCollector(house: House): { element: HTMLElement; show(signal: AbortSignal): Promise<void> } {
  let lost: readonly Lost[] = []
  const sheet = () => ({
    name: 'collector',
    columns: ['what', 'reason', 'count'],
    rows: lost.map(({ what, reason, count }) => [what, reason, count]),
  })
  const place = card('At the collector', { id: 'collector', beside: [csvButton(sheet)] })

  return {
    element: place.whole,
    async show(signal) {
      const answer = await ask<CollectorAnswer>('api/collector', signal)
      lost = answer.available ? answer.lost : []
      whenChanged(place.body, answer, () =>
        place.body.replaceChildren(...(answer.available ? shown(answer, house.nowMs()) : [elsewhere()])),
      )
    },
  }
}

function shown({ sinceMs, accepted, lost }: CollectorFigures, nowMs: number): HTMLElement[] {
  // What visitors refuse is told even where nobody did.
  const rows = lost.filter(({ reason, count }) => count > 0 || reason === 'gpc')
  const cells = rows.map(({ what, reason, count }) => [names[what], reasons[reason] ?? reason, count])
  const began = `Since its process started, ${timeText(sinceMs, nowMs)}: ${amountText(accepted, 'event')} acknowledged.`
  const about =
    'Counted from that start on, whatever time is chosen above: not to be added to what the hours say. What is refused with 429 or a 5xx browsers send again; a request brings up to 100 events.'
  return [
    element('p', '', began),
    tableOf('Refused by the collector', ['What', 'Why', 'Count'], cells),
    element('p', 'hint', about),
  ]
}

function elsewhere(): HTMLElement {
  return element(
    'p',
    '',
    'No collector runs beside this dashboard, so what it refused is not known here: its /metrics on the admin port and Grafana tell.',
  )
}
