import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bulkBody, dailyIndex, documentBytes } from '../../../../consumers/elasticsearch/document.ts'
import { type EventRecord, encodeRecord, landedEnd } from '../../../../topic/record.ts'
import { eventRecord, logStartMs, tabOf } from '../../../support/log-records.ts'

const dayMs = 86_400_000
const created = logStartMs + dayMs / 2

const indexOfRecord = ({ event, tab }: EventRecord, index: string) =>
  dailyIndex(index)({ created: event.created, tab: tab.id })

describe('dailyIndex', () => {
  it.each([
    ['opened the same day', 0, 'clicktrail-2026.11.21'],
    ['opened the day before', -dayMs, 'clicktrail-2026.11.20'],
    ['opened 8 days before', -8 * dayMs, 'clicktrail-2026.11.13'],
    ['opened more than 8 days before', -8 * dayMs - 1, 'clicktrail-2026.11.21'],
    ['opened 1 day after, by its clock', dayMs, 'clicktrail-2026.11.22'],
    ['opened more than 1 day after, by its clock', dayMs + 1, 'clicktrail-2026.11.21'],
  ])('is the day of a tab %s, or else of the event', (_, offsetMs, index) => {
    expect(indexOfRecord(eventRecord({ tab: tabOf(1, created + offsetMs), atMs: created }), 'clicktrail')).toBe(index)
  })

  it.each(['short', 'UPPERCASE-NOT-OURS', 'has spaces in it 000'])(
    'is the day of the event for the foreign tab %j',
    tab => {
      expect(indexOfRecord(eventRecord({ tab, atMs: created }), 'x')).toBe('x-2026.11.21')
    },
  )

  it('is the same for every copy of an event, whenever it was received', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8 * dayMs }), fc.integer({ min: 0, max: 8 * dayMs }), (first, second) => {
        const tab = tabOf(7, created)
        const received = [first, second].map(later => eventRecord({ tab, atMs: created + later }))
        expect(new Set(received.map(record => indexOfRecord(record, 'x'))).size).toBe(1)
      }),
    )
  })
})

describe('bulkBody', () => {
  it('holds two lines a document: where to create it, and the record with its place on the log', () => {
    const records = ['two\nlines "quoted"', 'é 日本', 'plain'].map(note => eventRecord({ properties: { note } }))
    const documents = records.map((record, offset) => ({
      index: 'i',
      id: `a"é\n${offset}`,
      json: encodeRecord(record),
      offset,
    }))
    const endOf = (offset: number) => landedEnd({ topic: 't', partition: 1, offset })
    const body = bulkBody(
      documents,
      endOf,
      documents.reduce((sum, one) => sum + documentBytes(one) + endOf(one.offset).length + 1, 0),
    )
    const lines = body.toString().split('\n')
    expect(lines.pop()).toBe('')
    expect(lines.map(line => JSON.parse(line))).toEqual(
      records.flatMap((record, offset) => [
        { create: { _index: 'i', _id: `a"é\n${offset}` } },
        { ...record, kafka: { topic: 't', partition: 1, offset } },
      ]),
    )
  })
})
