import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bulkBody, dailyIndex, documentBytes, originOf } from '../../../../consumers/elasticsearch/document.ts'
import { type EventRecord, encodeRecord, landedEnd, readRecord } from '../../../../topic/record.ts'
import { eventRecord, logStartMs, tabOf } from '../../../support/log-records.ts'

const dayMs = 86_400_000
const created = logStartMs + dayMs / 2

const indexOfRecord = (record: EventRecord, index: string) => dailyIndex(index)(originOf(encodeRecord(record)))

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

describe('originOf', () => {
  const origin = (text: string) => originOf(Buffer.from(text))
  const record = eventRecord({ tab: 'tab-1', atMs: created })

  it.each<[string, EventRecord]>([
    ['as our collector writes it', record],
    ['in another order', { ...JSON.parse('{"tab":{"id":"tab-1"},"site":"s"}'), ...record }],
    ['with quotes in its texts', { ...record, site: 'a","tab":{"id":"other"},"b":"' }],
    ['with more members', { ...record, tab: { more: 1, id: 'tab-1' } }],
    ['with an id outside ASCII', { ...record, event: { ...record.event, id: 'é "1"' } }],
    ['with a long action', { ...record, event: { ...record.event, action: 'x'.repeat(2_000) } }],
  ])('reads a record %s', (_, given) => {
    const read = readRecord(encodeRecord(given))
    if (!read.ok) throw new Error(read.message)
    expect(originOf(read.json)).toEqual({ id: given.event.id, created: record.event.created, tab: 'tab-1' })
  })

  it('throws on what is no record', () => {
    expect(() => origin('{"tab":{"id":"x"}}')).toThrow('not a record')
  })
})

describe('bulkBody', () => {
  it('holds two lines a document: where to create it, and the record with its place on the log', () => {
    const records = ['two\nlines "quoted"', 'é 日本', 'plain'].map(note => eventRecord({ properties: { note } }))
    const documents = records.map((record, offset) => ({
      index: 'i',
      id: `a"é\n${offset}`,
      json: encodeRecord(record),
      end: landedEnd({ topic: 't', partition: 1, offset }),
    }))
    const body = bulkBody(
      documents,
      documents.reduce((sum, one) => sum + documentBytes(one), 0),
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
