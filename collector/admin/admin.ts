import { Hono } from 'hono'
import type { Metrics } from './metrics.ts'
import type { Readiness } from './readiness.ts'

export interface AdminOptions {
  readiness(): Readiness
  metrics: Pick<Metrics, 'contentType' | 'text'>
}

/** What an orchestrator asks: `/livez` (the process answers), `/readyz` (503 with the reason, or 200), `/metrics`. */
export function createAdmin({ readiness, metrics }: AdminOptions): Hono {
  const admin = new Hono()
  admin.get('/livez', context => context.json({ live: true }))
  admin.get('/readyz', context => {
    const answer = readiness()
    return context.json(answer, answer.ready ? 200 : 503)
  })
  admin.get('/metrics', async context =>
    context.text(await metrics.text(), 200, { 'Content-Type': metrics.contentType }),
  )
  return admin
}
