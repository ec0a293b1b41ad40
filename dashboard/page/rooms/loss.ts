import type { LossAnswer, LossCounts } from '../../answers.ts'
import { questionOf } from '../address.ts'
import { ask } from '../ask.ts'
import { card } from '../card.ts'
import { csvButton } from '../csv-button.ts'
import { element, whenChanged } from '../dom.ts'
import { amountText, countText, numberText, timeText } from '../format.ts'
import type { OpenRoom } from '../room.ts'
import { tableOf } from '../table.ts'
import { showVerdict, type Verdict } from '../verdict.ts'
import { createCompleteness } from './completeness.ts'

const counts = ['expected', 'arrived', 'missing', 'late', 'copies', 'givenUp'] as const

/** How many events were lost between the click and the files, when and where; then whether every offset has landed. */
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
    'Every tab numbers its events: a number that never came is a lost event, in the hour of the next one that came. What a tab lost after its last event nobody can see. Late: more than a minute after it happened.'
  list.whole.append(element('p', 'hint', about))
  const completeness = createCompleteness()
  const [complete, ...offsets] = completeness.elements
  place.append(verdict, ...(complete ? [complete] : []), list.whole, ...offsets)

  return {
    async show(address, signal) {
      const [found] = await Promise.all([
        ask<LossAnswer>(`api/panel/loss?${questionOf(address)}`, signal),
        completeness.show(signal),
      ])
      answer = found
      const nowMs = house.nowMs()
      whenChanged(list.body, found, () => {
        showVerdict(verdict, verdictOf(found.totals, timeText(found.fromMs, nowMs)))
        const rows = found.hours.map(row => [
          timeText(row.fromMs, nowMs),
          row.site,
          ...counts.map(name => (name === 'missing' && row.missing > 0 ? bad(row.missing) : row[name])),
        ])
        const columns = ['Hour', 'Site', 'Expected', 'Arrived', 'Missing', 'Late', 'Copies', 'Given up'].map(
          (name, index) => ({ name, title: '', numeric: index > 1 }),
        )
        const nothing = element('p', 'nothing', 'No events in this time.')
        list.body.replaceChildren(rows.length === 0 ? nothing : tableOf('Loss by hour', columns, rows))
      })
    },
  }
}

function bad(count: number): HTMLElement {
  return element('span', 'bad', countText(count))
}

function verdictOf({ expected, missing, late, copies, givenUp }: LossCounts, since: string): Verdict {
  if (expected === 0) return { state: 'waiting', text: 'From the click to the files: no events in this time.' }
  const more = [
    ...(late > 0 ? [`${countText(late)} came late`] : []),
    ...(copies > 0 ? [`${amountText(copies, 'copy', 'copies')} came`] : []),
    ...(givenUp > 0 ? [`browsers gave up ${countText(givenUp)}`] : []),
  ].map(text => `; ${text}`)
  if (missing === 0)
    return {
      state: 'good',
      text: `From the click to the files: none of ${amountText(expected, 'event')} since ${since} is missing${more.join('')}.`,
    }
  const share = (100 * missing) / expected
  const percent = share < 0.01 ? 'less than 0.01' : numberText(share)
  return {
    state: 'bad',
    text: `From the click to the files: ${countText(missing)} of ${amountText(expected, 'event')} since ${since} ${missing === 1 ? 'is' : 'are'} missing (${percent} %)${more.join('')}.`,
  }
}
