import { Hono } from 'hono'

/** Everything that `start` serves on its public port beside the events path: the dashboard, the example site, and the collector's scripts. */
export function createFront(apps: { dashboard: Hono; site: Hono; collector: Hono }): Hono {
  const front = new Hono()
  front.route('/dashboard', apps.dashboard)
  front.route('/', apps.site)
  front.mount('/', apps.collector.fetch)
  return front
}
