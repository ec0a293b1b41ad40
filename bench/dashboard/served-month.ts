import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { pino } from 'pino'
import { z } from 'zod'
import { createDashboard, type DashboardOptions } from '../../dashboard/dashboard.ts'
import { landMonth } from './landed-month.ts'

export interface ServedMonth {
  /** Where the dashboard is, without a slash at the end. */
  url: string
  /** How long it took to read all that had landed. */
  importMs: number
  /** Ends the dashboard and removes what had landed. */
  close(): Promise<void>
}

/** Lands a month of so many events in a temporary folder, and serves a dashboard that has read them all. */
export async function serveMonth(
  { events, nowMs }: { events: number; nowMs: number },
  options: Partial<DashboardOptions> = {},
): Promise<ServedMonth> {
  const dir = await mkdtemp(join(tmpdir(), 'clicktrail-bench-'))
  console.error(`bench dashboard: writing ${events} events`)
  await landMonth(dir, { events, nowMs })
  const dashboard = createDashboard({
    eventsDir: dir,
    pageDir: resolve('dist/dashboard'),
    sqlWorker: resolve('dist/sql-worker.js'),
    logger: pino({ level: 'error' }),
    ...options,
  })
  const app = new Hono().route('/dashboard', dashboard.app)
  const { server, url } = await new Promise<{ server: ReturnType<typeof serve>; url: string }>(resolve => {
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
      resolve({ server, url: `http://127.0.0.1:${port}/dashboard` }),
    )
  })
  const began = performance.now()
  await imported(url, events)
  return {
    url,
    importMs: performance.now() - began,
    async close() {
      await dashboard.close()
      server.close()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

async function imported(url: string, events: number): Promise<void> {
  const status = z.object({ imported: z.object({ events: z.number(), pendingFiles: z.number() }) })
  for (;;) {
    const answer = await fetch(`${url}/api/status`)
    const found = status.safeParse(await answer.json())
    if (found.success && found.data.imported.events >= events) return
    await sleep(200)
  }
}
