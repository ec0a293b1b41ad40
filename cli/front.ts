import { Hono } from 'hono'

/** Everything that `start` serves on its public port: the dashboard, the example site, and the collector for all else. */
export function createFront(apps: { dashboard: Hono; site: Hono; collector: Hono }): Hono {
  const front = new Hono()
  front.route('/dashboard', apps.dashboard)
  front.route('/', apps.site)
  // The request as it came: one that is made anew stops reading a body that arrives in pieces.
  front.mount('/', apps.collector.fetch, { replaceRequest: false })
  return front
}
