import type { LossAnswer, StatusAnswer } from '../../answers.ts'
import { questionOf } from '../address.ts'
import { ask } from '../ask.ts'
import { card } from '../card.ts'
import { csvButton } from '../csv-button.ts'
import { element, whenChanged } from '../dom.ts'
import { countText, timeText } from '../format.ts'
import { lossVerdict } from '../loss-verdict.ts'
import type { OpenRoom } from '../room.ts'
import { tableOf } from '../table.ts'
import { showVerdict } from '../verdict.ts'
import { createCollector } from './collector.ts'
import { createCompleteness } from './completeness.ts'
import { createLostPages } from './lost-pages.ts'

const counts = ['expected', 'arrived', 'missing', 'late', 'passedOver', 'givenUp', 'refused'] as const
const numberColumns: Record<(typeof counts)[number], { name: string; title: string }> = {
  expected: { name: 'Expected', title: 'Numbered by their tabs, up to the last of each that came' },
  arrived: { name: 'Arrived', title: 'Each once' },
  missing: { name: 'Missing', title: 'In the hour of the next one of the same tab that came' },
  late: { name: 'Late', title: 'Arrived more than a minute after it happened' },
  passedOver: { name: 'Passed over', title: 'Copies, dead letters and gaps' },
  givenUp: {
    name: 'Given up',
    title: 'What browsers say that they gave up; those that had a number already are missing as well',
  },
  refused: { name: 'Of these refused', title: 'Of the given up: refused by the collector, alone or with their batch' },
}

/** How many events were lost between the click and the files, where and when; then what the collector refused, and whether every offset has landed. */
export const openLoss: OpenRoom = (place, house) => {
  let answer: LossAnswer | undefined
  const verdict = element('p', 'verdict', '')
  verdict.id = 'lost'
  const sheet = () =>
    answer && {
      name: 'loss',
      columns: ['hour', 'site', ...counts],
      rows: answer.hours.map(row => [new Date(row.fromMs).toISOString(), row.site, ...counts.map(name => row[name])]),
    }
  const list = card('From the click to the files, by hour', { id: 'loss', beside: [csvButton(sheet)] })
  const about =
    'Every tab numbers its events: a number that never came is a lost event, in the hour of the next one that came. What a tab lost after its last event nobody can see. Late: more than a minute after it happened. Passed over: copies, dead letters and gaps. Given up: what browsers say that they gave up; those that had a number already are missing as well.'
  list.whole.append(element('p', 'hint', about))
  const completeness = createCompleteness()
  const [complete, ...offsets] = completeness.elements
  const pages = createLostPages()
  const collector = createCollector(house)
  const beside = element('div', 'columns', pages.element, collector.element)
  place.append(verdict, ...(complete ? [complete] : []), beside, list.whole, ...offsets)

  return {
    async show(address, signal) {
      const others = [completeness.show(signal), collector.show(signal)]
      const [{ imported }] = await Promise.all([ask<StatusAnswer>('api/status', signal), ...others])
      const nowMs = house.nowMs()
      const found = await ask<LossAnswer>(`api/panel/loss?${questionOf(address, nowMs)}`, signal)
      answer = found
      pages.show(found.pages, nowMs)
      whenChanged(verdict, [found, imported.pendingFiles, imported.ready], () =>
        showVerdict(verdict, lossVerdict(found, { reading: imported, nowMs })),
      )
      whenChanged(list.body, found, () => {
        const rows = found.hours.map(row => [
          timeText(row.fromMs, nowMs),
          row.site,
          ...counts.map(name => (name === 'missing' && row.missing > 0 ? bad(row.missing) : row[name])),
        ])
        const columns = ['Hour', 'Site', ...counts.map(name => ({ ...numberColumns[name], numeric: true }))]
        const nothing = element('p', 'nothing', 'No events in this time.')
        list.body.replaceChildren(rows.length === 0 ? nothing : tableOf('Loss by hour', columns, rows))
      })
    },
  }
}

function bad(count: number): HTMLElement {
  return element('span', 'bad', countText(count))
}
