import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { decodeRecord, type EventRecord, encodeRecord, landedText, recordJsonSchema } from '../../../topic/record.ts'

const record: EventRecord = {
  '@timestamp': '2026-11-21T02:44:46.123Z',
  event: { id: '0mwpt1nbck9k2j4h6f8d-2', action: 'color_click', sequence: 2, created: '2026-11-21T02:44:46.143Z' },
  site: 'example',
  tab: { id: '0mwpt1nbck9k2j4h6f8d' },
  user: { name: 'ada' },
  properties: { color: 'red', price: 1.5, big: true },
}

const decode = (text: string) => decodeRecord(Buffer.from(text))

describe('decodeRecord', () => {
  it('gives back what encodeRecord was given', () => {
    expect(decodeRecord(encodeRecord(record))).toEqual({ ok: true, record, text: JSON.stringify(record) })
  })

  it('keeps members that a newer collector may add', () => {
    expect(decode(JSON.stringify({ ...record, geo: { country: 'KR' } }))).toMatchObject({
      ok: true,
      record: { geo: { country: 'KR' } },
    })
  })

  it('puts a record of several lines on one', () => {
    const decoded = decode(JSON.stringify(record, null, 2).replaceAll('\n', '\r\n'))
    expect(decoded).toEqual({ ok: true, record, text: JSON.stringify(record) })
  })

  it('keeps properties whose names differ by case, and deep members of other names', () => {
    const text = JSON.stringify({
      ...record,
      properties: { Color: 'a', color: 'b', _col1: 'c' },
      geo: { Site: [[{}]] },
    })
    expect(decode(text)).toMatchObject({ ok: true, text })
  })

  it('writes a member that is there twice once, as the last of the two', () => {
    const text = JSON.stringify(record)
    for (const first of ['"event":"text"', '"event" : "text"', '"site":1']) {
      expect(decode(`{${first},${text.slice(1)}`)).toMatchObject({ ok: true, record })
      const decoded = decode(`{${first},${text.slice(1)}`)
      expect(decoded.ok && [...decoded.text.matchAll(/"(event|site)":/g)]).toHaveLength(2)
    }
  })

  it('leaves a text that looks like a member as it is', () => {
    const odd = { ...record, site: 'a":1,"b":' }
    expect(decode(JSON.stringify(odd))).toEqual({ ok: true, record: odd, text: JSON.stringify(odd) })
  })

  it("shortens a number that is too long for Hive's parser", () => {
    const text = JSON.stringify(record).replace('1.5', `0.${'1'.repeat(2_000)}`)
    expect(decode(text)).toMatchObject({ ok: true, text: JSON.stringify(record).replace('1.5', '0.1111111111111111') })
  })

  test.each(['__proto__', 'constructor'])('looks into a member called %s too', name => {
    const deep = `"${name}":${'['.repeat(1_500)}${']'.repeat(1_500)}`
    const outside = JSON.stringify(record).replace('{', `{${deep},`)
    const inside = JSON.stringify(record).replace('"event":{', `"event":{${deep},`)
    for (const text of [outside, inside])
      expect(decode(text)).toMatchObject({ ok: false, message: expect.stringContaining('levels') })
  })

  test.each([101, 50_000])('refuses members of %i levels, and does not throw', depth => {
    const text = `${JSON.stringify(record).slice(0, -1)},"x":${'['.repeat(depth)}${']'.repeat(depth)}}`
    expect(decode(text)).toMatchObject({ ok: false, message: expect.stringMatching(/levels|stack/) })
  })

  test.each([
    ['no value', null, 'undecodable'],
    ['no text', Buffer.alloc(0), 'undecodable'],
    ['broken UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'undecodable'],
    ['a cut record', Buffer.from('{"site":"x"'), 'undecodable'],
    ['two objects', Buffer.from('{}{}'), 'undecodable'],
    ['a list', Buffer.from('[]'), 'invalid'],
    ['an empty object', Buffer.from('{}'), 'invalid'],
  ])('refuses %s', (_, value, reason) => {
    expect(decodeRecord(value)).toMatchObject({ ok: false, reason, message: expect.stringMatching(/./) })
  })

  test.each([
    ['text where Hive declares a struct', { user: 'ada' }, 'user'],
    ['a local time', { '@timestamp': '2026-11-21 02:44:46' }, '@timestamp'],
    ['a sequence of 0', { event: { ...record.event, sequence: 0 } }, 'event.sequence'],
    ['an empty site', { site: '' }, 'site'],
    ['a null', { session: null }, 'session'],
    ['a nested property', { properties: { a: { b: 1 } } }, 'properties.a'],
    ['a forged position', { kafka: { offset: 1 } }, 'kafka'],
    ['a name that differs from a known one by case', { Site: 'other' }, 'Site'],
    ['such a name deeper', { event: { ...record.event, Sequence: 3 } }, 'event.Sequence'],
    ['a position forged by case', { Kafka: {} }, 'Kafka'],
    ["a name of Hive's columns", { _col1: 'x' }, '_col1'],
  ])('refuses %s and names it', (_, change, path) => {
    expect(decode(JSON.stringify({ ...record, ...change }))).toMatchObject({
      ok: false,
      reason: 'invalid',
      message: expect.stringContaining(`${path}: `),
    })
  })
})

it('lands any text as one line that parses to the record with its position', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.nat(), (site, offset) => {
      const decoded = decodeRecord(encodeRecord({ ...record, site }))
      if (!decoded.ok) throw new Error(decoded.message)
      const line = landedText(decoded.text, { topic: 't', partition: 3, offset })
      expect(line).not.toMatch(/[\n\r]/)
      expect(JSON.parse(line)).toEqual({ ...record, site, kafka: { topic: 't', partition: 3, offset } })
    }),
  )
})

it('describes the record as JSON Schema without the position, which is not the collector’s to write', () => {
  expect(recordJsonSchema()).toMatchObject({ type: 'object', required: ['@timestamp', 'event', 'site', 'tab'] })
  expect(JSON.stringify(recordJsonSchema())).not.toContain('kafka')
})
