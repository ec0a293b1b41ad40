import { describe, expect, it } from 'vitest'
import { clicktrail, readBatch } from '../../bench/delivery/clicktrail.ts'
import type { Arrival } from '../../bench/delivery/collector.ts'
import { countOf } from '../../bench/delivery/count.ts'

const tab = '0mwpt1nbck9k2j4h6f8d'

function arrival(events: readonly object[], { stored = true, from = tab } = {}): Arrival {
  const body = Buffer.from(JSON.stringify({ site: 'lab', tab: from, events }))
  return { at: 0, method: 'POST', url: '/v1/events', headers: {}, body, stored, outcome: stored ? 204 : 503 }
}

const click = (n: number, mark: string) => ({ n, action: 'color_click', properties: { mark } })

describe('countOf', () => {
  it('counts what was stored of what the visitor made, and not what was refused', () => {
    const arrivals = [arrival([click(1, 'a')]), arrival([click(2, 'b')], { stored: false })]
    expect(countOf(clicktrail, arrivals, ['a', 'b'])).toMatchObject({ tracked: 2, delivered: 1 })
  })

  it('takes a copy with the same id as resent', () => {
    const arrivals = [arrival([click(1, 'a')], { stored: false }), arrival([click(1, 'a')]), arrival([click(1, 'a')])]
    expect(countOf(clicktrail, arrivals, ['a'])).toMatchObject({ delivered: 1, doubled: 0, resent: 2 })
  })

  it('takes a copy with another id as doubled', () => {
    const arrivals = [arrival([click(1, 'a')]), arrival([click(1, 'a')], { from: '0mwpt1nbck0000000000' })]
    expect(countOf(clicktrail, arrivals, ['a'])).toMatchObject({ delivered: 1, doubled: 1 })
  })

  it('counts the numbers missing below the last of a tab', () => {
    const arrivals = [arrival([click(2, 'a')]), arrival([click(5, 'b')])]
    expect(countOf(clicktrail, arrivals, ['a', 'b'])).toMatchObject({ gaps: 3 })
  })
})

describe('readBatch', () => {
  it('gives events what their envelope says: the first number, and the action of those that name none', () => {
    const body = { tab, n: 3, action: 'color_click', events: [{}, { action: 'page_view' }, {}] }
    expect(readBatch(Buffer.from(JSON.stringify(body))).map(({ id, action }) => [id, action])).toEqual([
      [`${tab}-3`, 'color_click'],
      [`${tab}-4`, 'page_view'],
      [`${tab}-5`, 'color_click'],
    ])
  })

  it.each([[{ action: 'page_view' }], [{ n: 1 }]])('refuses a batch whose first event is %j', event => {
    expect(() => readBatch(arrival([event]).body)).toThrow('has no n or no action')
  })
})
