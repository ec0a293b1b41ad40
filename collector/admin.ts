import { Hono } from 'hono'
import type { Counters } from './counters.ts'

export interface AdminOptions {
  /** Why requests should go elsewhere; undefined when ready. */
  notReady(): string | undefined
  counters: Counters
}

/** What an orchestrator asks: `/livez` (the process answers), `/readyz` (503 with the reason, or 200), `/metrics`. */
export function createAdmin({ notReady, counters }: AdminOptions): Hono {
  const admin = new Hono()
  admin.get('/livez', context => context.json({ live: true }))
  admin.get('/readyz', context => {
    const reason = notReady()
    return reason === undefined ? context.json({ ready: true }) : context.json({ ready: false, reason }, 503)
  })
  admin.get('/metrics', context => context.text(counters.text(), 200, { 'Content-Type': 'text/plain; version=0.0.4' }))
  return admin
}
