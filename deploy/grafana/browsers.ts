import type { Dashboard } from './panels.ts'
import { answered } from './pipeline.ts'

/** What got lost before it was on the topic. */
export const browsers: Dashboard = {
  id: 'browsers',
  title: 'loss before the topic',
  panels: [
    {
      type: 'stat',
      title: 'Reported lost',
      description:
        'Events that browsers gave up in the last day, as they report. What they could not report shows in the view loss.',
      unit: 'short',
      queries: { lost: 'sum(increase(clicktrail_collector_browser_events_lost_total[1d]))' },
    },
    {
      type: 'stat',
      title: 'Lost of what came',
      description: 'Over events that were acknowledged in the last day.',
      unit: 'percentunit',
      queries: {
        lost: 'sum(increase(clicktrail_collector_browser_events_lost_total[1d])) / sum(increase(clicktrail_collector_events_accepted_total[1d]))',
      },
    },
    {
      type: 'stat',
      title: 'Invalid',
      description: 'Events refused alone in the last day.',
      unit: 'short',
      queries: { invalid: 'sum(increase(clicktrail_collector_events_rejected_total[1d]))' },
    },
    {
      type: 'stat',
      title: 'Refused by visitors',
      description: 'Requests with Global Privacy Control in the last day: no loss, a wish.',
      unit: 'short',
      queries: { gpc: 'sum(increase(clicktrail_collector_requests_dropped_total{reason="gpc"}[1d]))' },
    },
    {
      title: 'Given up by browsers',
      description: 'No room (full), refused by the collector (rejected, http).',
      unit: 'eps',
      queries: { '{{reason}}': 'sum by (reason) (rate(clicktrail_collector_browser_events_lost_total[15m]))' },
    },
    {
      title: 'Refused for good',
      description: 'Requests that browsers do not send again.',
      unit: 'reqps',
      queries: {
        '{{reason}}': `sum by (reason) (rate(${answered}{status=~"400|403|404|405|413|415|431"}[15m]))`,
      },
    },
    {
      title: 'Refused for now',
      description: 'Requests that browsers keep and send again: a loss only if the tab never comes back.',
      unit: 'reqps',
      queries: { '{{reason}}': `sum by (reason) (rate(${answered}{status=~"408|429|500|503"}[15m]))` },
    },
    {
      title: 'Invalid events',
      description: 'By the part that is wrong.',
      unit: 'eps',
      queries: { '{{reason}}': 'sum by (reason) (rate(clicktrail_collector_events_rejected_total[15m]))' },
    },
  ],
}
