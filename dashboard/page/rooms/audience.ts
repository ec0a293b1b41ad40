import type { AudienceAnswer } from '../../answers.ts'
import { questionOf } from '../address.ts'
import { ask } from '../ask.ts'
import { showBars } from '../bars.ts'
import { card } from '../card.ts'
import { csvButton } from '../csv-button.ts'
import { element } from '../dom.ts'
import type { OpenRoom } from '../room.ts'

const kinds = [
  ['browsers', 'Browsers'],
  ['systems', 'Systems'],
  ['devices', 'Devices'],
  ['languages', 'Languages'],
] as const

/** With what visitors come. Counts are events. */
export const openAudience: OpenRoom = (place, house) => {
  let answer: AudienceAnswer | undefined
  const cards = kinds.map(([kind, title]) => {
    const sheet = () =>
      answer && { name: kind, columns: ['name', 'events'], rows: answer[kind].map(({ name, count }) => [name, count]) }
    return { kind, ...card(title, { id: `all-${kind}`, beside: [csvButton(sheet)] }) }
  })
  place.append(element('div', 'columns', ...cards.map(({ whole }) => whole)))

  return {
    async show(address, signal) {
      const found = await ask<AudienceAnswer>(`api/panel/audience?${questionOf(address, house.nowMs())}`, signal)
      answer = found
      for (const { kind, body } of cards) showBars(body, found[kind], { nothing: 'No events in this time.' })
    },
  }
}
