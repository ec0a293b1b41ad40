import type { LossAnswer } from '../../answers.ts'
import { card } from '../card.ts'
import { csvButton } from '../csv-button.ts'
import { element, whenChanged } from '../dom.ts'
import { timeText } from '../format.ts'
import { tableOf } from '../table.ts'

/** Where events were lost: by page and site, most first. */
export function createLostPages(): { element: HTMLElement; show(pages: LossAnswer['pages'], nowMs: number): void } {
  let pages: LossAnswer['pages'] = []
  const sheet = () => ({
    name: 'lost-pages',
    columns: ['page', 'site', 'missing', 'last hour'],
    rows: pages.map(row => [row.path, row.site, row.missing, new Date(row.lastHourMs).toISOString()]),
  })
  const place = card('Where they were lost', { id: 'lost-pages', beside: [csvButton(sheet)] })
  place.whole.append(element('p', 'hint', 'The page is that of the next event of the same tab that came.'))

  return {
    element: place.whole,
    show(found, nowMs) {
      pages = found
      whenChanged(place.body, pages, () => {
        const rows = pages.map(({ path, site, missing, lastHourMs }) => [
          path ?? '(no page)',
          site,
          missing,
          timeText(lastHourMs, nowMs),
        ])
        const nothing = element('p', 'nothing', 'Nothing is missing in this time.')
        place.body.replaceChildren(
          rows.length === 0 ? nothing : tableOf('Where they were lost', ['Page', 'Site', 'Missing', 'Last hour'], rows),
        )
      })
    },
  }
}
