import { describe, expect, test } from 'vitest'
import { readSites } from '../../../../collector/http/sites.ts'
import { type ListeningCollectorOptions, startListeningCollector } from '../../../support/listening-collector.ts'

async function withCollector(
  options: ListeningCollectorOptions['collector'],
  run: (
    send: (init?: { headers?: Record<string, string>; site?: string; method?: string }) => Promise<Response>,
  ) => Promise<void>,
): Promise<void> {
  const { url, close } = await startListeningCollector({ collector: options ?? {} })
  try {
    await run(({ headers = {}, site = 'x', method = 'POST' } = {}) => {
      const body = method === 'POST' ? { body: JSON.stringify({ site, events: [{ action: 'a' }] }) } : {}
      return fetch(`${url}/v1/events`, { method, headers, ...body })
    })
  } finally {
    await close()
  }
}

describe('a rate limit', () => {
  test('takes its number of requests and answers one more with 429 and Retry-After, until their share of a second has passed', async () => {
    let nowMs = Date.UTC(2026, 10, 21)
    await withCollector({ rateLimit: 3, now: () => nowMs, origins: ['https://a.example'] }, async send => {
      const headers = { Origin: 'https://a.example' }
      for (let n = 0; n < 3; n++) expect((await send({ headers })).status).toBe(204)
      const limited = await send({ headers })
      expect(limited.status).toBe(429)
      expect(limited.headers.get('Retry-After')).toBe('1')
      expect(limited.headers.get('Access-Control-Allow-Origin')).toBe('https://a.example')
      expect(await limited.json()).toEqual({
        error: expect.stringContaining('too many requests come from this address'),
      })
      nowMs += 334
      expect((await send()).status).toBe(204)
      expect((await send()).status).toBe(429)
    })
  })

  test('goes by the entry of X-Forwarded-For that the trusted proxy wrote, whatever a client claims', async () => {
    await withCollector({ rateLimit: 1, now: () => 0, trustedProxies: 1 }, async send => {
      const from = async (list: string) => (await send({ headers: { 'X-Forwarded-For': list } })).status
      expect(await from('203.0.113.7')).toBe(204)
      expect(await from('6.6.6.6, 203.0.113.7')).toBe(429)
      expect(await from('203.0.113.8')).toBe(204)
      expect(await from('2001:db8:1:2::1')).toBe(204)
      expect(await from('2001:db8:1:2::2')).toBe(429)
    })
  })

  test('is none by default', async () => {
    await withCollector({ now: () => 0 }, async send => {
      const answers = await Promise.all(Array.from({ length: 100 }, () => send()))
      expect(answers.filter(({ status }) => status !== 204)).toEqual([])
    })
  })
})

describe('listed sites', () => {
  const read = readSites('{"sites":{"shop":{"origins":["https://shop.example"]},"blog":{}}}')
  const sites = 'sites' in read ? read.sites : undefined
  const options = { sites, origins: ['https://main.example'] }

  test.each([
    ['shop', 'https://shop.example', 204],
    ['shop', undefined, 204],
    ['blog', 'https://main.example', 204],
    ['shop', 'https://main.example', 403],
    ['blog', 'https://shop.example', 403],
    ['shop', 'https://evil.example', 403],
    ['other', 'https://shop.example', 403],
    ['other', undefined, 403],
  ])('answer site %s from %s with %i', async (site, origin, status) => {
    await withCollector(options, async send => {
      const response = await send({ site, headers: origin === undefined ? {} : { Origin: origin } })
      expect(response.status).toBe(status)
      const listed = origin === 'https://shop.example' || origin === 'https://main.example'
      expect(response.headers.get('Access-Control-Allow-Origin')).toBe(listed ? (origin ?? null) : null)
      if (status === 403) expect(await response.text()).toMatch(/CLICKTRAIL_SITES_FILE/)
    })
  })

  test.each([
    ['https://shop.example', 204],
    ['https://main.example', 204],
    ['https://evil.example', 403],
  ])('answer a preflight from %s with %i, as its site is not known yet', async (origin, status) => {
    await withCollector(options, async send => {
      expect((await send({ method: 'OPTIONS', headers: { Origin: origin } })).status).toBe(status)
    })
  })
})
