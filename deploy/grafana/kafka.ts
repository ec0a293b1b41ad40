import type { Dashboard } from './panels.ts'

/** How far the fullest broker is above the average: 1 when all do the same. */
const skew = (expr: string) => `max(${expr}) / avg(${expr})`

/** The brokers, and how evenly they are loaded. */
export const kafka: Dashboard = {
  id: 'kafka',
  title: 'Kafka',
  panels: [
    {
      type: 'stat',
      title: 'Brokers',
      description: 'That answer.',
      unit: 'short',
      queries: { brokers: 'count(kafka_leaders)' },
    },
    {
      type: 'stat',
      title: 'Leader skew',
      description: 'Leaders of the broker that has most, over the average: above 1.5 move them back.',
      unit: 'short',
      queries: { skew: skew('kafka_leaders') },
    },
    {
      type: 'stat',
      title: 'Broker skew',
      description: 'Bytes in of the busiest broker, over the average.',
      unit: 'short',
      queries: { skew: skew('rate(kafka_received_bytes_total[5m])') },
    },
    {
      type: 'stat',
      title: 'Under-replicated',
      description: 'Partitions with fewer replicas in sync than there should be.',
      unit: 'short',
      queries: { partitions: 'sum(kafka_under_replicated_partitions)' },
    },
    {
      type: 'stat',
      title: 'Offline',
      description: 'Partitions without a leader.',
      unit: 'short',
      queries: { partitions: 'max(kafka_offline_partitions)' },
    },
    {
      title: 'Leaders',
      description: 'Partitions that each broker leads, and of which it has a replica.',
      unit: 'short',
      queries: { '{{instance}}': 'kafka_leaders', '{{instance}} replicas': 'kafka_replicas' },
    },
    {
      title: 'Bytes in and out',
      description: 'By broker.',
      unit: 'Bps',
      queries: {
        '{{instance}} in': 'rate(kafka_received_bytes_total[5m])',
        '{{instance}} out': 'rate(kafka_sent_bytes_total[5m])',
      },
    },
    {
      title: 'Records in',
      description: 'By broker.',
      unit: 'eps',
      queries: { '{{instance}}': 'rate(kafka_received_records_total[5m])' },
    },
    {
      title: 'Sends',
      description: 'How long a send takes in the broker, 99th percentile, and those that it refused, a second.',
      unit: 's',
      queries: {
        '{{instance}} p99': 'kafka_produce_p99_seconds',
        '{{instance}} refused': 'rate(kafka_failed_produce_requests_total[5m])',
      },
    },
    {
      title: 'Idle',
      description: 'Share of the time in which request handlers had nothing to do: below 0.3 the broker is busy.',
      unit: 'percentunit',
      queries: { '{{instance}}': 'kafka_request_handlers_idle_ratio' },
    },
  ],
}
