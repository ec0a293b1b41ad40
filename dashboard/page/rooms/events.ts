import type { EventsAnswer } from '../../answers.ts'
import { changed, questionOf } from '../address.ts'
import { ask } from '../ask.ts'
import { showBars } from '../bars.ts'
import { card } from '../card.ts'
import { createChart } from '../chart.ts'
import { csvButton } from '../csv-button.ts'
import { element } from '../dom.ts'
import { amountText, lengthText, numberText } from '../format.ts'
import type { OpenRoom } from '../room.ts'

/** Any event: choose an action, then one of its properties, and see the values. */
export const openEvents: OpenRoom = (place, house) => {
  let answer: EventsAnswer | undefined
  const sheet = () =>
    answer && {
      name: 'values',
      columns: ['action', 'property', 'value', 'events'],
      rows: answer.values.map(({ name, count }) => [answer?.action ?? '', answer?.property ?? '', name, count]),
    }
  const readout = element('p', 'readout', '')
  const course = card('Over time', { beside: [readout] })
  const drawing = element('div', 'chart')
  course.body.append(drawing)
  const actions = card('Events', { id: 'action-list' })
  const properties = card('Properties', { id: 'properties' })
  const values = card('Values', { beside: [csvButton(sheet)] })
  const summary = element('p', 'hint', '')
  const list = element('div', '')
  list.id = 'values'
  values.body.append(summary, list)
  place.append(course.whole, element('div', 'columns', actions.whole, properties.whole, values.whole))
  const chart = createChart(drawing, readout)
  const titleOf = (whole: HTMLElement, text: string) => {
    const title = whole.querySelector('h2')
    if (title) title.textContent = text
  }

  return {
    async show(address, signal) {
      const found = await ask<EventsAnswer>(
        `api/panel/events?${questionOf(address, house.nowMs(), 'action', 'property')}`,
        signal,
      )
      answer = found
      const { action, property, buckets, numbers } = found
      showBars(actions.body, found.actions, {
        nothing: 'No events in this time.',
        chosen: action,
        linkTo: name => house.linkTo(changed(address, { action: name, property: undefined })),
      })
      titleOf(properties.whole, action === null ? 'Properties' : `Properties of ${action}`)
      showBars(properties.body, found.properties, {
        nothing: action === null ? 'No event is chosen.' : `${action} has no properties in this time.`,
        chosen: property,
        linkTo: name => house.linkTo(changed(address, { action: action ?? undefined, property: name })),
      })
      titleOf(values.whole, property === null ? 'Values' : `Values of ${property}`)
      const different = found.properties.find(({ name }) => name === property)?.values ?? 0
      const spread = numbers
        ? `, from ${numberText(numbers.min)} to ${numberText(numbers.max)}, on average ${numberText(numbers.mean)}`
        : ''
      summary.textContent = property === null ? '' : `${amountText(different, 'different value')}${spread}`
      showBars(list, found.values, { nothing: 'No values in this time.', colored: true })
      titleOf(course.whole, `${action ?? 'Events'} each ${lengthText(buckets.bucketMs)}`)
      chart.show({ ...buckets, unit: 'events' }, house.nowMs())
    },
  }
}
