import { describe, expect, test } from 'vitest'
import { validate } from '../../../../collector/validation/validate.ts'
import { limits } from '../../../../sdk/event.ts'

const tab = '0mwpt1nbck9k2j4h6f8d'

function validated(body: unknown) {
  return validate(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)))
}

/** The reasons for which events are refused when the envelope is good. */
function reasons(body: unknown): string[] {
  const result = validated(body)
  if (!result.ok) throw new Error(`refused as a whole: ${result.message}`)
  return result.rejected.map(({ reason }) => reason)
}

/** Why one event of a batch without a tab is refused, or undefined. */
function reasonOf(event: unknown): string | undefined {
  return reasons({ site: 'x', events: [event] })[0]
}

/** The reason for one property written as raw JSON. */
function reasonOfProperty(json: string): string | undefined {
  return reasons(`{"site":"x","events":[{"action":"a","properties":${json}}]}`)[0]
}

describe('the whole request is refused', () => {
  test.each([
    ['', 'bad_request', /the body is empty/],
    ['garbage', 'bad_request', /the body is not JSON: .*garbage/],
    ['{"site":"x"', 'bad_request', /the body is not JSON/],
    ['null', 'bad_request', /the body is null: send an object/],
    ['[]', 'bad_request', /the body is an array: send an object/],
    ['7', 'bad_request', /the body is a number/],
    ['{"events":[{"action":"a"}]}', 'bad_request', /site is missing/],
    ['{"site":"","events":[{"action":"a"}]}', 'bad_request', /site is empty/],
    ['{"site":7,"events":[{"action":"a"}]}', 'bad_request', /site is a number/],
    ['{"site":"a\\u0000b","events":[{"action":"a"}]}', 'bad_request', /site holds a NUL/],
    ['{"site":"a\\ud800b","events":[{"action":"a"}]}', 'bad_request', /half a surrogate pair/],
    ['{"site":"x"}', 'bad_request', /events is missing/],
    ['{"site":"x","events":{}}', 'bad_request', /events is an object/],
    ['{"site":"x","events":[]}', 'bad_request', /events is empty/],
    ['{"site":"x","tab":"short","events":[{"action":"a"}]}', 'bad_request', /tab does not match/],
    ['{"site":"x","tab":"0MWPT1NBCK9K2J4H6F8D","events":[{"action":"a"}]}', 'bad_request', /tab does not match/],
    ['{"site":"x","page":{"url":7},"events":[{"action":"a"}]}', 'bad_request', /page.url is a number: send a string/],
    ['{"site":"x","page":{"title":[]},"events":[{"action":"a"}]}', 'bad_request', /page.title is an array/],
    ['{"site":"x","user":{},"events":[{"action":"a"}]}', 'bad_request', /user is an object/],
    ['{"site":"x","visitor":"\\ud800","events":[{"action":"a"}]}', 'bad_request', /visitor holds .* surrogate/],
    ['{"site":"x","page":[],"events":[{"action":"a"}]}', 'bad_request', /page is an array/],
    ['{"site":"x","visitor":{},"events":[{"action":"a"}]}', 'bad_request', /visitor is an object/],
  ])('%s', (body, refusal, message) => {
    expect(validated(body)).toMatchObject({ ok: false, refusal, message: expect.stringMatching(message) })
  })

  test('when it is not UTF-8', () => {
    const body = Buffer.from('{"site":"\xff","events":[{"action":"a"}]}', 'latin1')
    expect(validate(body)).toMatchObject({ ok: false, message: expect.stringContaining('not UTF-8') })
  })

  test('when it has one byte more than is allowed, and not before', () => {
    const body = (bytes: number) => '{"site":"x","events":[{"action":"a"}]}'.padEnd(bytes)
    expect(validated(body(limits.bodyBytes)).ok).toBe(true)
    expect(validated(body(limits.bodyBytes + 1))).toMatchObject({ refusal: 'too_large' })
  })

  test('when it has one event more than is allowed, and not before', () => {
    const body = (events: number) => ({ site: 'x', events: Array.from({ length: events }, () => ({ action: 'a' })) })
    expect(validated(body(limits.batchEvents)).ok).toBe(true)
    expect(validated(body(limits.batchEvents + 1))).toMatchObject({
      refusal: 'too_large',
      message: expect.stringContaining('101 events, at most 100'),
    })
  })

  test.each([
    ['site', limits.nameChars],
    ['visitor', limits.nameChars],
    ['session', limits.nameChars],
  ])('when %s is longer than %i characters', (field, chars) => {
    const body = (length: number) => ({ site: 'x', events: [{ action: 'a' }], [field]: 'é'.repeat(length) })
    expect(validated(body(chars)).ok).toBe(true)
    expect(validated(body(chars + 1))).toMatchObject({ message: expect.stringContaining(`${field} is ${chars + 1}`) })
  })
})

describe('one event is refused', () => {
  test.each([
    [null, /event is null/],
    ['a', /event is a string/],
    [{}, /action is missing/],
    [{ action: '' }, /action is empty/],
    [{ action: 7 }, /action is a number/],
    [{ action: 'a'.repeat(limits.nameChars + 1) }, /action is 129 characters long, at most 128/],
    [{ action: 'a', n: 1 }, /n stands without a tab/],
    [{ action: 'a', ago: '5' }, /ago is a string/],
    [{ action: 'a', page: 'here' }, /page is a string/],
    [{ action: 'a', page: { referrer: 7 } }, /page.referrer is a number/],
    [{ action: 'a', properties: [] }, /properties is an array/],
    [{ action: 'a', properties: { x: { y: 1 } } }, /properties.x is an object: only strings, numbers and booleans/],
    [{ action: 'a', properties: { x: ['y'] } }, /properties.x is an array/],
    [{ action: 'a', properties: { '': 1 } }, /properties has an empty name/],
  ])('%j', (event, reason) => {
    expect(reasonOf(event)).toMatch(reason)
  })

  test.each([
    ['a number that becomes infinite', '{"x":1e400}', /properties.x is too large for a number/],
    ['an integer beyond 2^53', '{"x":9007199254740993}', /properties.x is beyond 2\^53/],
    ['the name __proto__', '{"__proto__":"x"}', /properties.__proto__ is a name that JavaScript reserves/],
  ])('for %s', (_, json, reason) => {
    expect(reasonOfProperty(json)).toMatch(reason)
  })

  test('for an infinite ago', () => {
    expect(reasons('{"site":"x","events":[{"action":"a","ago":1e400}]}')[0]).toMatch(/ago is too large/)
  })

  test('at each limit of properties, one over and not before', () => {
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}`, at]))
    expect(reasonOf({ action: 'a', properties: many(limits.properties) })).toBeUndefined()
    expect(reasonOf({ action: 'a', properties: many(limits.properties + 1) })).toMatch(/has 33 members, at most 32/)
    expect(reasonOf({ action: 'a', properties: { ['x'.repeat(limits.nameChars)]: 1 } })).toBeUndefined()
    expect(reasonOf({ action: 'a', properties: { ['x'.repeat(limits.nameChars + 1)]: 1 } })).toMatch(/129 characters/)
    expect(reasonOf({ action: 'a', properties: { x: 'v'.repeat(limits.valueChars) } })).toBeUndefined()
    expect(reasonOf({ action: 'a', properties: { x: 'v'.repeat(limits.valueChars + 1) } })).toMatch(/1025 characters/)
  })

  test('and the others are kept, told apart by index and n', () => {
    const events = [{ action: 'a' }, { action: '' }, { action: 'c', properties: { x: {} } }, { action: 'd' }]
    const result = validated({ site: 'x', tab, n: 1, events })
    if (!result.ok) throw new Error(result.message)
    expect(result.batch.events.map(event => [event.index, event.n])).toEqual([
      [0, 1],
      [3, 4],
    ])
    expect(result.rejected).toEqual([
      { index: 1, n: 2, reason: expect.stringContaining('action is empty'), cause: 'action' },
      { index: 2, n: 3, reason: expect.stringContaining('properties.x'), cause: 'properties' },
    ])
  })
})

describe('taken', () => {
  test('is the smallest batch', () => {
    expect(validated('{"site":"x","events":[{"action":"signup"}]}')).toEqual({
      ok: true,
      batch: { site: 'x', events: [{ index: 0, ago: 0, action: 'signup' }] },
      rejected: [],
    })
  })

  test('are copies of one n in a batch, and the largest n', () => {
    const n = Number.MAX_SAFE_INTEGER
    expect(
      reasons({
        site: 'x',
        tab,
        events: [
          { n, action: 'a' },
          { n, action: 'a' },
        ],
      }),
    ).toEqual([])
  })

  test('from a browser is a number beyond 2^53, as text', () => {
    const events = [{ action: 'a', properties: { x: 2 ** 53 } }]
    expect(validated({ site: 'x', tab, n: 1, events })).toMatchObject({
      batch: { events: [{ properties: { x: '9007199254740992' } }] },
    })
  })

  test.each([2 ** 53 - 1, -(2 ** 53 - 1), 1.5, 1e-7, 0])('is the number %d, unaltered', x => {
    expect(validated({ site: 'x', events: [{ action: 'a', properties: { x } }] })).toMatchObject({
      batch: { events: [{ properties: { x } }] },
    })
  })

  test.each(['tab', 'visitor', 'session', 'user', 'page'])('as absent is an empty or null %s', field => {
    for (const empty of field === 'page' ? [{}, null, { url: '', title: null }] : ['', null]) {
      const result = validated({ site: 'x', [field]: empty, events: [{ action: 'a' }] })
      expect(result.ok && result.batch).toMatchObject({ [field]: undefined })
    }
  })

  test.each([
    ['https://shop.example:8443/a/b?c=d#e', { domain: 'shop.example', path: '/a/b' }],
    ['https://shop.example', { domain: 'shop.example', path: '/' }],
    ['file:///home/ada/page.html', { path: '/home/ada/page.html' }],
    ['about:blank', { path: 'blank' }],
  ])('is the page %s', (url, parts) => {
    const result = validated({ site: 'x', events: [{ action: 'a', page: { url } }] })
    expect(result.ok && result.batch.events[0]?.page?.url).toEqual({ full: url, ...parts })
  })

  test('without the fields that are unknown', () => {
    const body =
      '{"site":"x","__proto__":{"user":"eve"},"client":{"ip":"1.2.3.4"},"events":[{"action":"a","event":{"id":"1"},"@timestamp":"2000"}]}'
    expect(validated(body)).toEqual({
      ok: true,
      batch: { site: 'x', events: [{ index: 0, ago: 0, action: 'a' }] },
      rejected: [],
    })
  })
})
