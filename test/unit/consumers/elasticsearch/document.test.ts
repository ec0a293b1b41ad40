import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bulkLines, indexOf } from '../../../../consumers/elasticsearch/document.ts'
import { decodeRecord, encodeRecord } from '../../../../topic/record.ts'
import { eventRecord, logStartMs, tabOf } from '../../../support/log-records.ts'

const dayMs = 86_400_000
const created = logStartMs + dayMs / 2

describe('indexOf', () => {
  it.each([
    ['opened the same day', 0, 'clicktrail-2026.11.21'],
    ['opened the day before', -dayMs, 'clicktrail-2026.11.20'],
    ['opened 8 days before', -8 * dayMs, 'clicktrail-2026.11.13'],
    ['opened more than 8 days before', -8 * dayMs - 1, 'clicktrail-2026.11.21'],
    ['opened 1 day after, by its clock', dayMs, 'clicktrail-2026.11.22'],
    ['opened more than 1 day after, by its clock', dayMs + 1, 'clicktrail-2026.11.21'],
  ])('is the day of a tab %s, or else of the event', (_, offsetMs, index) => {
    expect(indexOf(eventRecord({ tab: tabOf(1, created + offsetMs), atMs: created }), 'clicktrail')).toBe(index)
  })

  it.each(['short', 'UPPERCASE-NOT-OURS', 'has spaces in it 000'])(
    'is the day of the event for the foreign tab %j',
    tab => {
      expect(indexOf(eventRecord({ tab, atMs: created }), 'x')).toBe('x-2026.11.21')
    },
  )

  it('is the same for every copy of an event, whenever it was received', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8 * dayMs }), fc.integer({ min: 0, max: 8 * dayMs }), (first, second) => {
        const tab = tabOf(7, created)
        const received = [first, second].map(later => eventRecord({ tab, atMs: created + later }))
        expect(new Set(received.map(record => indexOf(record, 'x'))).size).toBe(1)
      }),
    )
  })
})

describe('bulkLines', () => {
  it('are two lines: where to create it, and the record with its place on the log', () => {
    const decoded = decodeRecord(encodeRecord(eventRecord({ properties: { note: 'two\nlines "quoted"' } })))
    if (!decoded.ok) throw new Error(decoded.message)
    const kafka = { topic: 't', partition: 1, offset: 2 }
    const [action, source, rest] = bulkLines({ index: 'i', id: 'a"b' }, decoded.text, kafka).split('\n')
    expect(JSON.parse(action ?? '')).toEqual({ create: { _index: 'i', _id: 'a"b' } })
    expect(JSON.parse(source ?? '')).toEqual({ ...decoded.record, kafka })
    expect(rest).toBe('')
  })
})
