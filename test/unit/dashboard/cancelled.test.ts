import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { pino } from 'pino'
import { expect, onTestFinished, test, vi } from 'vitest'
import { z } from 'zod'
import { createDashboard } from '../../../dashboard/dashboard.ts'

/** A worker that never answers a panel, and says in its status what was asked and what was cancelled. */
const script = `const asked = []
const cancelled = []
process.on('message', message => {
  if ('cancelled' in message) cancelled.push(message.cancelled)
  else if (message.question.kind === 'status') process.send({ id: message.id, result: { asked, cancelled } })
  else asked.push(message.id)
})`

const told = z.object({ asked: z.array(z.number()), cancelled: z.array(z.number()) })

test.each([
  ['panel', 'api/panel/loss', {}],
  ['query', 'api/sql', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"sql":"SELECT 1"}' }],
])('a %s that its browser no longer waits for is cancelled', { timeout: 30_000 }, async (_, path, init) => {
  const dir = await mkdtemp(join(tmpdir(), 'clicktrail-cancelled-'))
  const sqlWorker = join(dir, 'worker.mjs')
  await writeFile(sqlWorker, script)
  const dashboard = createDashboard({ eventsDir: dir, pageDir: dir, sqlWorker, logger: pino({ level: 'silent' }) })
  const app = new Hono().route('/', dashboard.app)
  let server: ReturnType<typeof serve> | undefined
  const url = await new Promise<string>(resolve => {
    server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
      resolve(`http://127.0.0.1:${port}`),
    )
  })
  onTestFinished(async () => {
    await dashboard.close()
    server?.close()
    await rm(dir, { recursive: true })
  })
  const status = async () => told.parse(await (await fetch(`${url}/api/status`)).json())
  const browser = new AbortController()
  const answer = fetch(`${url}/${path}`, { ...init, signal: browser.signal }).catch((error: Error) => error.name)
  await vi.waitFor(async () => expect(await status()).toMatchObject({ asked: [expect.any(Number)], cancelled: [] }), {
    timeout: 20_000,
  })
  browser.abort()
  const { asked } = await status()
  await vi.waitFor(async () => expect(await status()).toMatchObject({ cancelled: asked }), { timeout: 20_000 })
  expect(await answer).toBe('AbortError')
})
