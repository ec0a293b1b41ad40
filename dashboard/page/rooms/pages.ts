import type { PagesAnswer } from '../../answers.ts'
import { questionOf } from '../address.ts'
import { ask } from '../ask.ts'
import { showBars } from '../bars.ts'
import { card } from '../card.ts'
import { csvButton } from '../csv-button.ts'
import { element, whenChanged } from '../dom.ts'
import type { OpenRoom } from '../room.ts'
import { tableOf } from '../table.ts'

/** Which pages were viewed, by how many, and where visitors came from. */
export const openPages: OpenRoom = (place, house) => {
  let answer: PagesAnswer | undefined
  const sheet = () =>
    answer && {
      name: 'pages',
      columns: ['domain', 'page', 'views', 'visitors'],
      rows: answer.pages.map(({ domain, path, views, visitors }) => [domain, path, views, visitors]),
    }
  const pages = card('Pages', { id: 'page-list', beside: [csvButton(sheet)] })
  const referrers = card('Came from', { id: 'referrers' })
  place.append(element('div', 'columns wide-first', pages.whole, referrers.whole))

  return {
    async show(address, signal) {
      const found = await ask<PagesAnswer>(`api/panel/pages?${questionOf(address, house.nowMs())}`, signal)
      answer = found
      const several = new Set(found.pages.map(({ domain }) => domain)).size > 1
      whenChanged(pages.body, found.pages, () => {
        const rows = found.pages.map(({ domain, path, views, visitors }) => [
          path,
          ...(several ? [domain ?? '–'] : []),
          views,
          visitors,
        ])
        const columns = ['Page', ...(several ? ['Domain'] : []), 'Views', 'Visitors']
        const nothing = element('p', 'nothing', 'No page views in this time.')
        pages.body.replaceChildren(rows.length === 0 ? nothing : tableOf('Pages', columns, rows))
      })
      showBars(referrers.body, found.referrers, { nothing: 'Nobody came from another site in this time.' })
    },
  }
}
