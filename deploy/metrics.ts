import { Registry } from 'prom-client'
import { createMetrics } from '../collector/admin/metrics.ts'
import { createAuditMetrics } from '../consumers/audit/metrics.ts'
import { outcomes } from '../consumers/elasticsearch/outcome.ts'
import { createConsumerMetrics } from '../consumers/metrics.ts'

/** A metric as Prometheus sees it. */
export interface MetricFacts {
  name: string
  type: 'counter' | 'gauge' | 'histogram'
  help: string
  /** Its labels with all values that they can have; none where they are open. */
  labels: Record<string, string[]>
}

const counts = { landed: 0, redelivered: 0, copies: 0, gapOffsets: 0 }
const answers = outcomes.map(outcome => [outcome, 0] as const)
const report = { from: 0, to: 0, stored: 0, explained: 0, dropped: 0, missing: 0, doubled: 0 }
const none = { missing: 0, doubled: 0, lost: 0 }
/** An audit of both storages that had nothing to look at. */
const audit = {
  topic: '',
  partitions: [{ partition: 0, generation: 1, hdfs: report, elasticsearch: report }],
  findings: [],
  totals: { hdfs: none, elasticsearch: none },
  unaudited: [],
  clean: true,
}
/** What a writer of each kind counts before it does anything. */
const writers = {
  hdfs: { counts: () => counts, storage: () => ({ retries: 0 }) },
  elasticsearch: { counts: () => counts, storage: () => ({ retries: 0, answers }), searchable: () => {} },
  dlq: { counts: () => counts },
}

/** All that a process can show, filled by the code that makes them, as after its start. */
export function registryOfCode(): Registry {
  const registry = new Registry()
  createMetrics({ registry })
  const metricsOf = createConsumerMetrics(registry)
  for (const [name, sink] of Object.entries(writers)) metricsOf(name).watch({ sink, status: () => [] })
  createAuditMetrics(registry).ended(audit, 0, 0)
  return registry
}

/** Every metric under our name, in the order of the code. */
export async function metricsOfCode(): Promise<MetricFacts[]> {
  const shown = await registryOfCode().getMetricsAsJSON()
  return shown.map(({ name, help, values }) => {
    const labels = labelsOf(values)
    // A version is whatever was built.
    if ('version' in labels) labels['version'] = []
    return { name, help, labels, type: typeOf(name, values) }
  })
}

interface Value {
  labels: Partial<Record<string, string | number>>
  metricName?: string
}

function labelsOf(values: readonly Value[]): Record<string, string[]> {
  const labels: Record<string, string[]> = {}
  for (const value of values) {
    for (const [label, text] of Object.entries(value.labels)) {
      const known = labels[label] ?? []
      labels[label] = known
      if (label !== 'le' && !known.includes(String(text))) known.push(String(text))
    }
  }
  delete labels['le']
  return labels
}

/** By the names that Prometheus wants: it is what the tests of the metrics hold. */
function typeOf(name: string, values: readonly Value[]): MetricFacts['type'] {
  if (values.some(({ metricName }) => metricName === `${name}_bucket`)) return 'histogram'
  return name.endsWith('_total') ? 'counter' : 'gauge'
}

/** docs/metrics.md. */
export async function metricsPage(): Promise<string> {
  const rows = (await metricsOfCode()).map(({ name, type, labels, help }) => {
    const texts = Object.entries(labels).map(
      ([label, values]) => `${label}${values.length > 0 ? `: ${values.join(', ')}` : ''}`,
    )
    return `| \`${name}\` | ${type} | ${texts.join('<br>')} | ${help} |`
  })
  return `# Metrics

Made from the code: \`deploy/metrics.ts\`. The collector's (\`clicktrail_collector_…\`) and the writers' (\`clicktrail_consumer_…\`) are on
the admin port of each process, under \`/metrics\`, in \`clicktrail start\` all together; \`clicktrail_audit_…\` where \`clicktrail audit --watch\` runs. Labels are of closed sets, and each row is there from the
start, at 0. Beside them stand the usual \`process_…\` and \`nodejs_…\`. A histogram \`x\` is read as \`x_bucket\`, \`x_sum\` and \`x_count\`.
Alert rules over them are in \`deploy/prometheus\`, dashboards in \`deploy/grafana\`, and what to do when one fires in [runbook.md](runbook.md).

| metric | type | labels | what |
| --- | --- | --- | --- |
${rows.join('\n')}
`
}
