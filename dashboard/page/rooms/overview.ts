import { type Metric, metrics, type OverviewAnswer } from '../../answers.ts'
import { changed, questionOf } from '../address.ts'
import { ask } from '../ask.ts'
import { showBars } from '../bars.ts'
import { card } from '../card.ts'
import { createChart } from '../chart.ts'
import type { Sheet } from '../csv.ts'
import { csvButton } from '../csv-button.ts'
import { element } from '../dom.ts'
import { countText, lengthText } from '../format.ts'
import type { OpenRoom } from '../room.ts'

const names: Record<Metric, string> = {
  events: 'Events',
  visitors: 'Visitors',
  sessions: 'Sessions',
  views: 'Page views',
}

/** How much, over time, and what leads each list. A total is a button: it is what the chart shows. */
export const openOverview: OpenRoom = (place, house) => {
  let answer: OverviewAnswer | undefined
  const figures = new Map<Metric, HTMLElement>()
  const buttons = metrics.map(metric => {
    const figure = element('span', 'figure', '–')
    figure.id = `total-${metric}`
    figures.set(metric, figure)
    const button = element('button', 'card total', element('span', 'label', names[metric]), figure)
    button.setAttribute('type', 'button')
    button.addEventListener('click', () => house.go({ metric: metric === 'events' ? undefined : metric }))
    return button
  })
  const totals = element('div', 'totals', ...buttons)
  totals.setAttribute('role', 'group')
  totals.setAttribute('aria-label', 'Totals: choose what the chart shows')
  const readout = element('p', 'readout', '')
  const course = card('Over time', { beside: [readout, csvButton(() => answer && sheetOf(answer))] })
  const drawing = element('div', 'chart')
  drawing.id = 'chart'
  course.body.append(drawing)
  const actions = card('Events', { id: 'actions' })
  const colors = card('Colors', { id: 'colors' })
  const pages = card('Pages', { id: 'pages' })
  const browsers = card('Browsers', { id: 'browsers' })
  const columns = element('div', 'columns', pages.whole, actions.whole, colors.whole, browsers.whole)
  place.append(totals, course.whole, columns)
  const chart = createChart(drawing, readout)
  const title = course.whole.querySelector('h2')

  return {
    async show(address, signal) {
      const found = await ask<OverviewAnswer>(`api/panel/overview?${questionOf(address, house.nowMs())}`, signal)
      answer = found
      const metric = metrics.find(name => name === address.chosen['metric']) ?? 'events'
      for (const [name, figure] of figures) figure.textContent = countText(found.totals[name])
      for (const [index, button] of buttons.entries())
        button.setAttribute('aria-pressed', String(metrics[index] === metric))
      const { fromMs, bucketMs, counts } = found.buckets
      const unit = names[metric].toLowerCase()
      if (title) title.textContent = `${names[metric]} each ${lengthText(bucketMs)}`
      chart.show({ fromMs, bucketMs, counts: counts[metric], unit }, house.nowMs())
      showBars(pages.body, found.pages, { nothing: 'No page views in this time.' })
      const linkTo = (action: string) => house.linkTo(changed(address, { action, property: undefined }, 'events'))
      showBars(actions.body, found.actions, { nothing: 'No events in this time.', linkTo })
      showBars(colors.body, found.colors, { nothing: 'No colors in this time.', colored: true })
      showBars(browsers.body, found.browsers, { nothing: 'No events in this time.' })
    },
  }
}

function sheetOf({ buckets: { fromMs, bucketMs, counts } }: OverviewAnswer): Sheet {
  const rows = counts.events.map((_, index) => [
    new Date(fromMs + index * bucketMs).toISOString(),
    ...metrics.map(metric => counts[metric][index] ?? 0),
  ])
  return { name: 'overview', columns: ['from', ...metrics], rows }
}
