import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeEvents } from '../../../collector/records/encode-events.ts'
import { createUserAgentParser } from '../../../collector/records/user-agent.ts'
import { validate } from '../../../collector/validation/validate.ts'
import { decodeRecord, type EventRecord, encodeRecord, readRecord } from '../../../topic/record.ts'
import { usualOrigin } from '../../../topic/usual-record.ts'
import { eventRecord, logStartMs } from '../../support/log-records.ts'

const usualEventId = (value: Uint8Array) => usualOrigin(value)?.eventId

const time = '2026-11-21T02:44:46.123Z'
const tab = '0mwpt1nbck9k2j4h6f8d'
const chrome =
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Mobile Safari/537.36'

/** Any text, often one that JSON, Hive or the shape minds. */
const words = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1 }),
  fc.constantFrom(
    '',
    'a"b',
    'a":1,"b',
    '}',
    ',"kafka":{}',
    '\\',
    '\n',
    '\u2028',
    '큰 글씨',
    '\u00a0',
    '7'.repeat(301),
    '\ud800',
  ),
)
const plain = fc.string({ minLength: 1, unit: fc.constantFrom('a', '큰', '}', ',', ':', '\u00a0') })
const times = fc.oneof(
  { weight: 9, arbitrary: fc.constant(time) },
  fc.constantFrom('2026-02-29T00:00:00.000Z', '2028-02-29T23:59:59.999Z', '2026-11-21T24:00:00.000Z', '2026-11-21'),
)
const properties = fc.dictionary(words, fc.oneof(words, fc.double(), fc.boolean(), fc.constant(null)), { maxKeys: 4 })

/** A record in the collector's order, of which the optional parts may be missing. */
function recordOf(of: fc.Arbitrary<string>) {
  const some = (shape: Record<string, fc.Arbitrary<unknown>>, requiredKeys: string[] = []) =>
    fc.option(fc.record(shape, { requiredKeys, noNullPrototype: true }), { nil: undefined })
  return fc
    .tuple(
      fc.record({ at: times, created: times, action: of, site: of, tab: of, sequence: fc.integer({ min: 0 }) }),
      some({ id: of }, ['id']),
      some({ id: of, name: of }),
      some({ full: of, domain: of, path: of }, ['full']),
      some({ title: of, language: of }),
      some({ original: of, name: of, version: of, bot: fc.boolean() }),
      fc.option(properties, { nil: undefined }),
    )
    .map(([must, session, user, url, page, user_agent, properties]) => ({
      '@timestamp': must.at,
      event: { id: `${tab}-${must.sequence}`, action: must.action, sequence: must.sequence, created: must.created },
      site: must.site,
      tab: { id: must.tab },
      session,
      user,
      url,
      page,
      http: session && { request: { referrer: must.site } },
      client: user && { ip: must.site },
      user_agent,
      properties,
    }))
}

/** One change to a text: something cut out, put in, or said twice. */
const change = fc.record({
  at: fc.nat(1_000),
  cut: fc.nat(3),
  put: fc.constantFrom(
    '',
    ' ',
    '\n',
    '"',
    '}',
    ',',
    '0',
    'e9',
    '1e999',
    '\\u0041',
    '\\"',
    ',"x":1',
    ',"site":"b"',
    ',"Site":"b"',
    '\u00a0',
    ':',
  ),
})
const changed = (text: string, { at, cut, put }: { at: number; cut: number; put: string }) => {
  const from = at % (text.length + 1)
  return text.slice(0, from) + put + text.slice(from + cut)
}

function expectAgreement(value: Uint8Array): void {
  const usual = usualOrigin(value)
  if (usual === undefined) return
  const decoded = decodeRecord(value)
  if (!decoded.ok) throw new Error(decoded.message)
  const { event, tab } = decoded.record
  const latin1 = (text: string) => Buffer.from(text).toString('latin1')
  expect(usual).toEqual({ eventId: event.id, created: event.created, tab: latin1(tab.id) })
  expect(JSON.parse(decoded.text)).toEqual(JSON.parse(Buffer.from(value).toString()))
}

test('takes no record that decodeRecord refuses or reads otherwise', () => {
  fc.assert(
    fc.property(fc.oneof(recordOf(plain), recordOf(words)), fc.array(change, { maxLength: 2 }), (record, changes) => {
      const text = changes.reduce(changed, JSON.stringify(record))
      expectAgreement(Buffer.from(text))
      expectAgreement(Buffer.from(text, 'latin1'))
    }),
    { numRuns: 2_000 },
  )
})

test('takes whatever is plain text in the order of the collector', () => {
  fc.assert(
    fc.property(recordOf(plain), record => {
      const value = Buffer.from(JSON.stringify(record))
      const decoded = decodeRecord(value)
      const kept = decoded.ok && decoded.text === value.toString()
      if (kept && !value.includes('\\') && !/\d{300}/.test(value.toString()))
        expect(usualEventId(value)).toBe(record.event.id)
    }),
  )
})

test.each([
  [
    'all that there may be',
    {
      page: { url: 'https://a.example/x?y=1', title: '큰 글씨', language: 'ko' },
      user: 'ada',
      visitor: 'v',
      session: 's',
    },
  ],
  ['as little as there may be', {}],
])('takes what the collector writes, %s', (_, more) => {
  const events = [{ action: 'color_click', properties: { color: 'red', n: 1.5, big: true } }, { action: 'a' }]
  const result = validate(Buffer.from(JSON.stringify({ site: 'example', tab, n: 1, ...more, events })))
  if (!result.ok) throw new Error(result.message)
  const full = Object.keys(more).length > 0
  const values = encodeEvents(result.batch, {
    receivedMs: Date.parse(time),
    ageMs: 0,
    newTab: tab,
    userAgent: full ? createUserAgentParser()(chrome) : undefined,
    language: undefined,
    clientIp: full ? '203.0.113.0' : undefined,
    pseudonym: undefined,
  })
  expect(values.map(usualEventId)).toEqual([`${tab}-1`, `${tab}-2`])
})

const usual = {
  '@timestamp': time,
  event: { id: 'a-1', action: 'a', sequence: 1, created: time },
  site: 'x',
  tab: { id: 't' },
  user_agent: { bot: false },
}
const usualText = JSON.stringify(usual)
const withProperties = (text: string) => usualText.replace(/}$/, `,"properties":${text}}`)

test.each([
  ['a property twice', withProperties('{"a":1,"a":2}')],
  ['a property twice, of which one looks like it', withProperties('{"a":":","b":"a","a":":"}')],
  ['a property twice whose name begins with a colon', withProperties('{"a":"v",":b":1,":b":2}')],
  ['an endless number', withProperties('{"a":1e999}')],
  ['a number too long for Hive', withProperties(`{"a":0.${'1'.repeat(300)}}`)],
  ['a null property', withProperties('{"a":null}')],
  ['a nested property', withProperties('{"a":{"b":1}}')],
  ['properties that are a list', withProperties('[]')],
  ['a break between properties', withProperties('{"a":1,\n"b":2}')],
  ['space before a colon', withProperties('{"a" :1}')],
  ['properties twice', withProperties('{"a":1},"properties":{"a":2}')],
  ['a position forged after them', withProperties('{},"kafka":{"offset":1}')],
  ['a sequence of 0', usualText.replace('"sequence":1', '"sequence":0')],
  ['a sequence of 01', usualText.replace('"sequence":1', '"sequence":01')],
  ['a sequence beyond whole numbers', usualText.replace('"sequence":1', '"sequence":9007199254740993')],
  ['an empty text', usualText.replace('"site":"x"', '"site":""')],
  ['a raw control character', usualText.replace('"site":"x"', '"site":"\t"')],
  ['a missing comma', usualText.replace('"site":"x",', '"site":"x"')],
  ['a comma too many', usualText.replace('false}', 'false,}')],
  ['a day that there is not', usualText.replace('11-21', '11-31')],
  ['an id of 513 characters', usualText.replace('a-1', 'a'.repeat(513))],
  ['a name that differs by case', usualText.replace('"tab"', '"Tab"')],
  ['a member twice', usualText.replace('"site":"x"', '"site":"y","site":"x"')],
  ['bytes after it', `${usualText} {}`],
  ['broken UTF-8', Buffer.from(usualText.replace('"x"', '"\u00ff"'), 'latin1')],
  ['a byte order mark', `\ufeff${usualText}`],
])('leaves a record with %s to decodeRecord', (_, text) => {
  expect(usualEventId(Buffer.from(usualText))).toBe('a-1')
  expect(usualEventId(Buffer.from(withProperties('{"a":1,"b":"x"}')))).toBe('a-1')
  expect(usualEventId(Buffer.from(text))).toBeUndefined()
})

test.each([
  [
    'usual',
    `{"@timestamp":"${time}","event":{"id":"a-1","action":"a","sequence":1,"created":"${time}"},"site":"x","tab":{"id":"t"}}`,
  ],
  [
    'another order',
    `{"site":"x","@timestamp":"${time}","event":{"id":"a-1","action":"a","sequence":1,"created":"${time}"},"tab":{"id":"t"}}`,
  ],
])('reads a record in %s: its id and its bytes', (_, text) => {
  const read = readRecord(Buffer.from(text))
  expect(read.ok && [read.eventId, Buffer.from(read.json).toString()]).toEqual(['a-1', text])
})

const created = logStartMs
const record = eventRecord({ tab: 'tab-1', atMs: created })

test.each<[string, EventRecord]>([
  ['as our collector writes it', record],
  ['in another order', { ...JSON.parse('{"tab":{"id":"tab-1"},"site":"s"}'), ...record }],
  ['with quotes in its texts', { ...record, site: 'a","tab":{"id":"other"},"b":"' }],
  ['with more members', { ...record, tab: { more: 1, id: 'tab-1' } }],
  ['with an id outside ASCII', { ...record, event: { ...record.event, id: 'é "1"' } }],
  ['with a long action', { ...record, event: { ...record.event, action: 'x'.repeat(2_000) } }],
])('reads where a record %s belongs', (_, given) => {
  expect(readRecord(encodeRecord(given))).toMatchObject({
    eventId: given.event.id,
    created: record.event.created,
    tab: 'tab-1',
  })
})

test('says of a bad record what decodeRecord says', () => {
  for (const value of [null, Buffer.from('{'), Buffer.from([0x7b, 0xff]), Buffer.from('{"site":1}')]) {
    expect(readRecord(value)).toEqual(decodeRecord(value))
  }
})
