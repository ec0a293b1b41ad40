import { describe, expect, it } from 'vitest'
import { conflictOf } from '../../../../consumers/elasticsearch/conflict.ts'
import { eventRecord } from '../../../support/log-records.ts'

const ours = eventRecord({ properties: { color: 'red', size: 2 } })
const kafka = { topic: 'clicktrail', partition: 1, offset: 7 }
const elsewhere = { ...kafka, offset: 3 }

describe('conflictOf', () => {
  it('takes the same place on the log for a redelivery', () => {
    expect(conflictOf(ours, kafka, { ...ours, kafka })).toBe('redelivery')
  })

  it.each([
    ['topic', { ...kafka, topic: 'other' }],
    ['partition', { ...kafka, partition: 2 }],
    ['offset', elsewhere],
    ['nothing at all', undefined],
  ])('takes the same content for a copy when it has another %s', (_, place) => {
    const stored = { ...ours, properties: { size: 2, color: 'red' }, client: { ip: '203.0.113.0' }, kafka: place }
    expect(conflictOf(ours, kafka, stored)).toBe('copy')
  })

  it.each([
    ['site', { site: 'other' }],
    ['tab', { tab: { id: 'other' } }],
    ['sequence', { event: { ...ours.event, sequence: 9 } }],
    ['action', { event: { ...ours.event, action: 'page_view' } }],
    ['url', { url: { full: 'https://other.example/' } }],
    ['no url', { url: undefined }],
    ['property', { properties: { color: 'blue', size: 2 } }],
    ['type of a property', { properties: { color: 'red', size: '2' } }],
    ['fewer properties', { properties: { color: 'red' } }],
    ['more properties', { properties: { color: 'red', size: 2, more: true } }],
    ['no properties', { properties: undefined }],
  ])('takes another %s for a conflict', (_, difference) => {
    expect(conflictOf(ours, kafka, { ...ours, ...difference, kafka: elsewhere })).toBe('conflict')
  })

  it.each([undefined, null, 'text', { site: 7 }])('takes %j for a conflict', stored => {
    expect(conflictOf(ours, kafka, stored)).toBe('conflict')
  })
})
