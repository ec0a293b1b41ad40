import type { Dashboard } from './panels.ts'

const answered = 'clicktrail_collector_requests_answered_total'
const quantile = (q: number, histogram: string, by = '') =>
  `histogram_quantile(${q}, sum by (le${by}) (rate(${histogram}_bucket[5m])))`

const pipeline: Dashboard = {
  id: 'pipeline',
  title: 'pipeline',
  panels: [
    {
      type: 'stat',
      title: 'Events a second',
      description: 'Acknowledged by the collectors.',
      unit: 'eps',
      queries: { events: 'sum(rate(clicktrail_collector_events_accepted_total[5m]))' },
    },
    {
      type: 'stat',
      title: 'Refused',
      description: 'Share of requests answered 500 or 503. Browsers send them again.',
      unit: 'percentunit',
      queries: { refused: `sum(rate(${answered}{status=~"500|503"}[5m])) / sum(rate(${answered}[5m]))` },
    },
    {
      type: 'stat',
      title: 'Behind',
      description: 'Age of the oldest record that is not durable, of the writer that is furthest behind.',
      unit: 's',
      queries: { lag: 'max(clicktrail_consumer_lag_seconds)' },
    },
    {
      type: 'stat',
      title: 'Halted partitions',
      description: 'They wait for an operator.',
      unit: 'short',
      queries: { halted: 'sum(clicktrail_consumer_partitions{state="halted"})' },
    },
    {
      type: 'stat',
      title: 'Missing',
      description: 'Events on the topic that a storage should have and has not, by the last audit.',
      unit: 'short',
      queries: { missing: 'sum(clicktrail_audit_missing)' },
    },
    {
      type: 'stat',
      title: 'Last audit',
      description: 'Since an audit last ended with an answer.',
      unit: 'dtdurations',
      queries: { audit: 'time() - max(clicktrail_audit_last_success_timestamp_seconds)' },
    },
    {
      title: 'Answers',
      description: 'Requests for events by their answer.',
      unit: 'reqps',
      queries: { '{{status}} {{reason}}': `sum by (status, reason) (rate(${answered}[5m])) > 0` },
    },
    {
      title: 'Time to the answer',
      description: 'From the headers of a request to its answer, which waits for the acknowledgement of the topic.',
      unit: 's',
      queries: {
        p50: quantile(0.5, 'clicktrail_collector_request_duration_seconds'),
        p99: quantile(0.99, 'clicktrail_collector_request_duration_seconds'),
        'p99 of the send': quantile(0.99, 'clicktrail_collector_send_duration_seconds'),
      },
    },
    {
      title: 'Spool',
      description: 'What the collectors keep on disk because the topic does not take it, and what they may keep.',
      unit: 'bytes',
      queries: {
        '{{instance}}': 'clicktrail_collector_spool_bytes',
        'limit of {{instance}}': 'clicktrail_collector_spool_limit_bytes',
      },
    },
    {
      title: 'Landed',
      description: 'Records that each storage took.',
      unit: 'eps',
      queries: { '{{sink}}': 'sum by (sink) (rate(clicktrail_consumer_records_landed_total[5m]))' },
    },
    {
      title: 'Lag',
      description: 'Records on the log that are not durable. HDFS lands a file every ten minutes: a saw tooth is well.',
      unit: 'short',
      queries: { '{{sink}}': 'sum by (sink) (clicktrail_consumer_lag_records)' },
    },
    {
      title: 'Lag in seconds',
      description: 'How long the oldest of them has been on the log, and how old the oldest commit is.',
      unit: 's',
      queries: {
        '{{sink}}': 'max by (sink) (clicktrail_consumer_lag_seconds)',
        '{{sink}} commit': 'max by (sink) (clicktrail_consumer_commit_age_seconds)',
        '{{sink}} unflushed': 'max by (sink) (clicktrail_consumer_oldest_unflushed_seconds)',
      },
    },
    {
      title: 'From the collector to the storage',
      description: 'Elasticsearch shows a document after its next refresh, at most a second later.',
      unit: 's',
      queries: {
        '{{sink}} p50': quantile(0.5, 'clicktrail_consumer_receive_to_stored_seconds', ', sink'),
        '{{sink}} p99': quantile(0.99, 'clicktrail_consumer_receive_to_stored_seconds', ', sink'),
      },
    },
    {
      title: 'Flushes',
      description: 'How long they take, 99th percentile, by outcome: lost are those that somebody else had landed.',
      unit: 's',
      queries: {
        '{{sink}} {{outcome}}': quantile(0.99, 'clicktrail_consumer_flush_duration_seconds', ', sink, outcome'),
      },
    },
    {
      title: 'What Elasticsearch answers',
      description: 'Documents by what became of them. Conflicts are copies and what was sent before.',
      unit: 'eps',
      queries: { '{{outcome}}': 'sum by (outcome) (rate(clicktrail_consumer_documents_answered_total[5m])) > 0' },
    },
    {
      title: 'Copies, dead letters and retries',
      description: 'Copies are no loss. Dead letters are kept: clicktrail dlq list.',
      unit: 'eps',
      queries: {
        '{{sink}} copies': 'sum by (sink) (rate(clicktrail_consumer_copies_dropped_total[5m]))',
        '{{sink}} redelivered': 'sum by (sink) (rate(clicktrail_consumer_records_redelivered_total[5m]))',
        '{{sink}} dead: {{reason}}': 'sum by (sink, reason) (rate(clicktrail_consumer_dead_letters_total[5m])) > 0',
        '{{sink}} retries': 'sum by (sink) (rate(clicktrail_consumer_storage_retries_total[5m]))',
        '{{sink}} rebalances': 'sum by (sink) (rate(clicktrail_consumer_rebalances_total[5m]))',
      },
    },
  ],
}

/** How far the fullest broker is above the average: 1 when all do the same. */
const skew = (expr: string) => `max(${expr}) / avg(${expr})`

const kafka: Dashboard = {
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

const browsers: Dashboard = {
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

/** What is shipped: one file each beside this one. */
export const dashboards = [pipeline, kafka, browsers]
