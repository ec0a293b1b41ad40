import type { Dashboard } from './panels.ts'

/** Requests for events by their answer. */
export const answered = 'clicktrail_collector_requests_answered_total'
const quantile = (q: number, histogram: string, by = '') =>
  `histogram_quantile(${q}, sum by (le${by}) (rate(${histogram}_bucket[5m])))`

/** From the collectors to the storages. */
export const pipeline: Dashboard = {
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
      description: 'Found: until a search in Elasticsearch finds the document, after the next refresh of its index.',
      unit: 's',
      queries: {
        '{{sink}} p50': quantile(0.5, 'clicktrail_consumer_receive_to_stored_seconds', ', sink'),
        '{{sink}} p99': quantile(0.99, 'clicktrail_consumer_receive_to_stored_seconds', ', sink'),
        '{{sink}} p99, found': quantile(0.99, 'clicktrail_consumer_receive_to_searchable_seconds', ', sink'),
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
