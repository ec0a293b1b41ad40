import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EventRecord } from '../../../../topic/record.ts'
import { type ListeningCollector, startListeningCollector } from '../../../support/listening-collector.ts'
import { refusedBodies, refusedProperties, takenBodies, takenProperties } from './input-cases.ts'

let server: ListeningCollector
beforeAll(async () => {
  server = await startListeningCollector()
})
afterAll(() => server.close())

interface Sent {
  status: number
  answer: unknown
  records: EventRecord[]
}

async function send(body: string | Buffer): Promise<Sent> {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  const headers = { 'Content-Type': 'text/plain' }
  const response = await fetch(`${server.url}/v1/events`, { method: 'POST', headers, body: new Uint8Array(bytes) })
  const text = await response.text()
  const answer: unknown = text === '' ? undefined : JSON.parse(text)
  return { status: response.status, answer, records: server.takeRecords() }
}

const tab = '0mwpt1nbck9k2j4h6f8d'
const withProperties = (properties: string) => `{"site":"s","events":[{"action":"a","properties":${properties}}]}`

describe('a body is refused as a whole for', () => {
  test.each(refusedBodies)('%s', async (_, body) => {
    expect(await send(body)).toEqual({ status: 400, answer: { error: expect.any(String) }, records: [] })
  })
})

test('a body of 10,000 keys is more than 64 KiB', async () => {
  const keys = Array.from({ length: 10_000 }, (_, index) => `"${index.toString(36)}":0`)
  expect((await send(`{"site":"s",${keys.join()},"events":[{"action":"a"}]}`)).status).toBe(413)
})

describe('a body is taken with', () => {
  test.each(takenBodies)('%s', async (_, body) => {
    const { status, records } = await send(body)
    expect(status).toBe(204)
    expect(records.map(({ site, event, client, kafka }) => [site, event.action, client, kafka])).toEqual([
      ['s', 'a', undefined, undefined],
    ])
  })
})

describe('properties reach the topic as they were sent', () => {
  test.each(takenProperties)('%s', async (_, properties, stored) => {
    const { status, records } = await send(withProperties(properties))
    expect([status, records.map(record => record.properties)]).toEqual([204, [stored ?? JSON.parse(properties)]])
  })

  test('whatever they are', { timeout: 30_000 }, async () => {
    const whole = fc.string({ unit: 'grapheme', maxLength: 40 }).filter(text => !text.includes('\0'))
    const name = whole.filter(text => text !== '' && text !== '__proto__')
    const number = fc.oneof(fc.maxSafeInteger(), fc.double({ noNaN: true, min: -1e15, max: 1e15 })).map(n => n + 0)
    const properties = fc.dictionary(name, fc.oneof(whole, number, fc.boolean()), {
      minKeys: 1,
      maxKeys: 32,
      noNullPrototype: true,
    })
    await fc.assert(
      fc.asyncProperty(fc.array(properties, { minLength: 1, maxLength: 10 }), async sent => {
        const events = sent.map(each => ({ action: 'a', properties: each }))
        const { status, records } = await send(JSON.stringify({ site: 's', events }))
        expect([status, records.map(record => record.properties)]).toEqual([204, JSON.parse(JSON.stringify(sent))])
      }),
      { numRuns: 60 },
    )
  })

  test('but whole numbers from 2^53 on, of a browser, which become text', async () => {
    const body = `{"site":"s","tab":"${tab}","n":1,"events":[{"action":"a","properties":{"p":9007199254740994,"q":-1e21}}]}`
    const { status, records } = await send(body)
    expect([status, records[0]?.properties]).toEqual([204, { p: '9007199254740994', q: '-1e+21' }])
  })
})

describe('an event is refused, and only it, for', () => {
  const rejected = { accepted: 2, rejected: [{ index: 1, reason: expect.any(String) }] }
  test.each(refusedProperties)('%s', async (_, properties) => {
    const bad = `{"action":"bad","properties":${properties}}`
    const { status, answer, records } = await send(`{"site":"s","events":[{"action":"a"},${bad},{"action":"b"}]}`)
    expect([status, answer, records.map(({ event }) => event.action)]).toEqual([200, rejected, ['a', 'b']])
  })

  test.each([
    ['null', 'null'],
    ['an array', '[]'],
    ['text', '"a"'],
    ['a number', '1'],
    ['no action', '{}'],
    ['an action that is null', '{"action":null}'],
    ['an action that is empty', '{"action":""}'],
    ['an action that is an array', '{"action":["a"]}'],
    ['an action by way of __proto__', '{"__proto__":{"action":"a"}}'],
    ['an action with a NUL', '{"action":"a\\u0000"}'],
    ['an action with half a surrogate pair', '{"action":"\\udc00"}'],
    ['an action of 129 characters', `{"action":"${'a'.repeat(129)}"}`],
    ['an age that is text', '{"action":"bad","ago":"1"}'],
    ['an age of 1e400', '{"action":"bad","ago":1e400}'],
    ['a number without a tab', '{"action":"bad","n":1}'],
    ['a page that is an array', '{"action":"bad","page":[]}'],
    ['a URL that is a number', '{"action":"bad","page":{"url":1}}'],
    ['a title that is an object', '{"action":"bad","page":{"title":{}}}'],
  ])('%s', async (_, bad) => {
    const { status, answer, records } = await send(`{"site":"s","events":[{"action":"a"},${bad},{"action":"b"}]}`)
    const told = { index: 1, reason: expect.any(String) }
    expect(answer).toMatchObject({ accepted: 2, rejected: [told] })
    expect([status, records.map(({ event }) => event.action)]).toEqual([200, ['a', 'b']])
  })

  test('each reason at once, one of ten left', async () => {
    const bad = refusedProperties.filter(([, text]) => text.length < 5_000).slice(0, 9)
    const events = [...bad.map(([, text]) => `{"action":"bad","properties":${text}}`), '{"action":"good"}']
    const { status, answer, records } = await send(`{"site":"s","events":[${events.join()}]}`)
    expect(answer).toMatchObject({ accepted: 1, rejected: bad.map((_, index) => ({ index })) })
    expect([status, records.map(({ event }) => event.action)]).toEqual([200, ['good']])
  })
})

test('nothing sent before has reached a prototype', () => {
  expect([Object.keys(Object.prototype), 'site' in {}, 'action' in []]).toEqual([[], false, false])
})
