import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { CollectorOptions } from '../../../../collector/collector.ts'
import type { PrivacyOptions } from '../../../../collector/privacy/documents.ts'
import { type ListeningCollector, startListeningCollector } from '../../../support/listening-collector.ts'

let collecting: ListeningCollector | undefined
afterEach(() => collecting?.close())

const published = z.object({ fields: z.array(z.object({ name: z.string() })) })

async function serve(privacy: Partial<PrivacyOptions> = {}, options: Partial<CollectorOptions> = {}) {
  const controls = Buffer.from('controls()')
  const own = await startListeningCollector({
    collector: { privacy: { path: '/privacy', controls, retention: '90 days', ...privacy }, ...options },
  })
  collecting = own
  return (path: string, init?: RequestInit) => fetch(`${own.url}${path}`, init)
}

test.each([
  ['/about/data', 'text/html; charset=utf-8'],
  ['/about/data.json', 'application/json'],
  ['/about/data.js', 'text/javascript; charset=utf-8'],
  ['/.well-known/gpc.json', 'application/json'],
])('%s is served as %s, to pages of any origin, and to HEAD', async (path, type) => {
  const ask = await serve({ path: '/about/data' })
  for (const method of ['GET', 'HEAD']) {
    const { status, headers } = await ask(path, { method })
    expect([status, headers.get('Content-Type'), headers.get('X-Content-Type-Options')]).toEqual([200, type, 'nosniff'])
    expect([headers.get('Access-Control-Allow-Origin'), headers.get('Cross-Origin-Resource-Policy')]).toEqual([
      '*',
      'cross-origin',
    ])
  }
  const refused = await ask(path, { method: 'POST' })
  expect([refused.status, refused.headers.get('Allow')]).toEqual([405, 'GET, HEAD'])
})

test.each(['/privacy', '/privacy.json', '/privacy.js', '/.well-known/gpc.json'])(
  '%s is not there where it is off',
  async path => {
    collecting = await startListeningCollector()
    expect((await fetch(`${collecting.url}${path}`)).status).toBe(404)
  },
)

test.each(['honor', 'ignore'] as const)('gpc.json says what is done: %s', async gpc => {
  const ask = await serve({}, { gpc })
  expect(await (await ask('/.well-known/gpc.json')).json()).toMatchObject({ gpc: gpc === 'honor' })
})

describe('the page', () => {
  test('names each field that is published, and loads its scripts from where they are', async () => {
    const ask = await serve({ path: '/p' }, { scriptPath: '/paint.js', ip: 'cut' })
    const html = await (await ask('/p')).text()
    const { fields } = published.parse(await (await ask('/p.json')).json())
    expect(fields.length).toBeGreaterThan(25)
    for (const { name } of fields) expect(html).toContain(`<code>${name}</code>`)
    expect([...html.matchAll(/<script defer src="(.*?)">/g)].map(([, src]) => src)).toEqual(['/paint.js', '/p.js'])
    expect(html).not.toContain('data-site')
  })

  test('keeps the operator’s words as text', async () => {
    const evil = '<img src=x onerror=alert(1)> & "90" days'
    const ask = await serve({ retention: evil, contact: `"onmouseover="alert(1)@x` })
    const html = await (await ask('/privacy')).text()
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt; &amp; &quot;90&quot; days')
    expect(html).not.toContain('<img')
    expect(html).not.toContain('"onmouseover')
  })

  test.each([
    ['privacy@shop.example', 'href="mailto:privacy@shop.example"'],
    ['https://shop.example/contact', 'href="https://shop.example/contact"'],
  ])('links the contact %s', async (contact, href) => {
    expect(await (await (await serve({ contact }))('/privacy')).text()).toContain(`<a ${href}>${contact}</a>`)
  })

  test.each(['javascript:alert(1)', 'the shop, in Ghent'])('shows the contact %s as text', async contact => {
    const html = await (await (await serve({ contact }))('/privacy')).text()
    expect(html).toContain(`deleted: ${contact}</p>`)
  })

  test('may send nothing, load nothing from elsewhere and not be framed', async () => {
    const policy = (await (await serve())('/privacy')).headers.get('Content-Security-Policy')
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'sha256-[^']+'; /)
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('connect-src')
  })
})
