import type { Registry } from 'prom-client'
import type { CollectorFigures } from '../../dashboard/answers.ts'

type Lost = CollectorFigures['lost']

/** What the collector of this process has counted since `sinceMs`, read from its metrics. */
export async function dashboardCollector(registry: Registry, sinceMs: number): Promise<CollectorFigures> {
  const rowsOf = async (name: string) =>
    (await registry.getSingleMetric(`clicktrail_collector_${name}_total`)?.get())?.values ?? []
  const lost = async (what: Lost[number]['what'], name: string): Promise<Lost> =>
    (await rowsOf(name))
      .filter(({ labels }) => labels['status'] === undefined || Number(labels['status']) >= 400)
      .map(({ labels, value }) => ({ what, reason: String(labels['reason']), count: value }))
  return {
    sinceMs,
    accepted: (await rowsOf('events_accepted'))[0]?.value ?? 0,
    lost: [
      ...(await lost('refused', 'requests_answered')),
      ...(await lost('rejected', 'events_rejected')),
      ...(await lost('dropped', 'requests_dropped')),
      ...(await lost('given up', 'browser_events_lost')),
    ],
  }
}
