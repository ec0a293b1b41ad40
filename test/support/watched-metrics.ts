import { readFileSync } from 'node:fs'
import { type MetricFacts, metricsOfCode } from '../../deploy/metrics.ts'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

const named = (name: string, labels: MetricFacts['labels'] = {}): MetricFacts => ({
  name,
  type: 'gauge',
  help: '',
  labels,
})

/** An alert rule as it stands in the file. */
export interface AlertRule {
  name: string
  expr: string
  runbook: string
}

/** The alerts and the recorded rules of deploy/prometheus/alerts.yml. */
export function rulesOfFile(): { alerts: AlertRule[]; records: { name: string; expr: string }[] } {
  const rules = read('deploy/prometheus/alerts.yml')
    .split(/\n {6}- (?=alert:|record:)/)
    .slice(1)
  const text = (rule: string, pattern: RegExp) => (pattern.exec(rule)?.[1] ?? '').trim()
  const all = rules.map(rule => ({
    alert: text(rule, /^alert: (\S+)/),
    record: text(rule, /^record: (\S+)/),
    expr: text(rule, /expr: >?\s*([\s\S]*?)(?=\n {8}\w|\n {6}#|\n\n|$)/),
    runbook: text(rule, /runbook: (\S+)/),
  }))
  return {
    alerts: all.flatMap(({ alert, expr, runbook }) => (alert ? { name: alert, expr, runbook } : [])),
    records: all.flatMap(({ record, expr }) => (record ? { name: record, expr } : [])),
  }
}

/** All that a query of ours may ask for: our metrics, the brokers' as the JMX agent is told to name them, recorded rules, and what Prometheus has itself. */
export async function watchedMetrics(): Promise<MetricFacts[]> {
  const kafka = [...read('deploy/prometheus/kafka-jmx.yml').matchAll(/^ {4}name: (\w+)$/gm)]
  return [
    ...(await metricsOfCode()),
    ...kafka.map(([, name = '']) => named(name)),
    ...rulesOfFile().records.map(({ name }) => named(name)),
    named('up'),
    named('probe_success'),
    named('probe_ssl_earliest_cert_expiry'),
  ]
}
