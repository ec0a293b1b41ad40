import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Clicktrail, freePort, spawnClicktrail, untilSaid } from '../../support/clicktrail.ts'
import { until } from '../../support/until.ts'

const data = mkdtempSync(join(tmpdir(), 'clicktrail-start-'))
let port: number
let adminPort: number
let running: Clicktrail

beforeAll(async () => {
  port = await freePort()
  adminPort = await freePort()
  running = spawnClicktrail({
    args: ['start'],
    env: {
      CLICKTRAIL_DATA_DIR: data,
      CLICKTRAIL_PORT: String(port),
      CLICKTRAIL_ADMIN_PORT: String(adminPort),
      CLICKTRAIL_ORIGINS: 'https://shop.example',
    },
  })
  await untilSaid(running, 'Clicktrail is running')
}, 40_000)
afterAll(async () => {
  await running.stop('SIGKILL')
  rmSync(data, { recursive: true, force: true })
})

const post = (origin: string) =>
  fetch(`http://127.0.0.1:${port}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain', origin },
    body: '{"site":"x","events":[{"action":"a"}]}',
  })

it('takes the events of its own example site whatever the allow-list says, and of nobody else', async () => {
  expect((await post(`http://127.0.0.1:${port}`)).status).toBe(204)
  expect((await post(`http://localhost:${port}`)).status).toBe(204)
  expect((await post('https://shop.example')).status).toBe(204)
  expect((await post('https://other.example')).status).toBe(403)
})

it.each(['/', '/shop', '/shop/lemon', '/privacy', '/dashboard', '/site/style.css', '/site/color.js', '/clicktrail.js'])(
  'serves %s',
  async path => {
    expect((await fetch(`http://127.0.0.1:${port}${path}`)).status).toBe(200)
  },
)

it('is ready, and shows what it counted, its version and its memory on the admin port', async () => {
  const admin = (path: string) => fetch(`http://127.0.0.1:${adminPort}${path}`)
  await until(async () => (await admin('/readyz')).ok, { what: 'readiness' })
  expect((await post('https://shop.example')).status).toBe(204)
  const response = await admin('/metrics')
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  const text = await response.text()
  expect(text).toMatch(/^clicktrail_build_info\{version="\d+\.\d+\.\d+"\} 1$/m)
  expect(text).toMatch(/^clicktrail_collector_events_accepted_total [1-9]\d*$/m)
  expect(text).toMatch(/^clicktrail_collector_topic_partitions [1-9]\d*$/m)
  expect(text).toMatch(/^clicktrail_collector_send_records_count [1-9]\d*$/m)
  expect(text).toMatch(/^process_resident_memory_bytes \d+$/m)
  expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m)
})

it('says who has the port, and which setting moves it', async () => {
  const second = spawnClicktrail({
    args: ['start'],
    env: { CLICKTRAIL_DATA_DIR: join(data, 'second'), CLICKTRAIL_PORT: String(port) },
  })
  await expect(untilSaid(second, 'Clicktrail is running')).rejects.toThrow(/is taken[\s\S]*CLICKTRAIL_PORT/)
})
