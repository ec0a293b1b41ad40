import { describe, expect, test } from 'vitest'
import {
  createUserAgentParser,
  parseUserAgent,
  type UserAgentOptions,
} from '../../../../collector/records/user-agent.ts'
import type { EventRecord } from '../../../../topic/record.ts'

const chrome =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'
const safari =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1'

describe('a user agent', () => {
  test.each([
    [
      'Chrome on Windows',
      chrome,
      {
        name: 'Chrome',
        version: '142.0.0.0',
        os: { name: 'Windows', version: '10' },
        device: { type: 'desktop' },
        bot: false,
      },
    ],
    [
      'Firefox on Linux',
      'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
      {
        name: 'Firefox',
        version: '145.0',
        os: { name: 'Linux' },
        device: { type: 'desktop' },
        bot: false,
      },
    ],
    [
      'Safari on an iPhone',
      safari,
      {
        name: 'Mobile Safari',
        version: '18.5',
        os: { name: 'iOS', version: '18.5' },
        device: { name: 'iPhone', type: 'mobile' },
        bot: false,
      },
    ],
    [
      'Chrome on Android',
      'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
      {
        name: 'Chrome',
        version: '142.0.0.0',
        os: { name: 'Android', version: '15' },
        device: { name: 'Pixel 9', type: 'mobile' },
        bot: false,
      },
    ],
    ['curl', 'curl/8.5.0', { bot: true }],
    ['Googlebot', 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', { bot: true }],
  ])('of %s is told', (_, header, expected) => {
    expect(parseUserAgent(header)).toMatchObject(expected)
  })

  test('of nonsense has nothing but the bot flag', () => {
    expect(parseUserAgent('?!')).toEqual({ bot: expect.any(Boolean) })
  })
})

/** A parser whose answers are read back. */
function told(options?: UserAgentOptions): (header: string) => EventRecord['user_agent'] {
  const parse = createUserAgentParser(options)
  return header => JSON.parse(parse(header) ?? 'null')
}

describe('the parser', () => {
  test('keeps the header as it came, or leaves it out', () => {
    expect(told()(chrome)?.original).toBe(chrome)
    expect(told({ original: 'drop' })(chrome)).toEqual(parseUserAgent(chrome))
  })

  test.each([undefined, ''])('knows nothing of the header %j', header => {
    expect(createUserAgentParser()(header)).toBeUndefined()
  })

  test('gives two headers that share 512 characters each its own original, cut at 1,024', () => {
    const parse = told()
    const shared = chrome.padEnd(512, 'x')
    expect(parse(`${shared}one`)?.original).toBe(`${shared}one`)
    expect(parse(`${shared}two`)?.original).toBe(`${shared}two`)
    expect(parse(chrome.padEnd(5_000, 'x'))?.original).toHaveLength(1_024)
  })

  test('is right about user agents that it has forgotten', () => {
    const parse = told({ maxEntries: 1 })
    for (const header of [chrome, safari, chrome]) {
      expect(parse(header)).toEqual({ original: header, ...parseUserAgent(header) })
    }
  })
})
