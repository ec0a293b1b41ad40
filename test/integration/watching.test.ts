import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { registryOfCode } from '../../deploy/metrics.ts'
import { goTool } from '../stack/go-tools.ts'
import { jmxAgent } from '../stack/jmx.ts'
import { type BrokerCluster, stablePorts, startBrokerCluster } from '../support/broker-cluster.ts'
import { type Clicktrail, spawnClicktrail } from '../support/clicktrail.ts'
import { type CollectorProcess, makeTopic, startCollector } from '../support/collector-process.ts'
import { until } from '../support/until.ts'

const progress = (line: string) => console.error(`[stack] ${line}`)
const alertmanager = readFileSync('deploy/alertmanager/alertmanager.yml', 'utf8')
let promtool = ''
let amtool = ''
// Each may have to be built.
beforeAll(async () => {
  promtool = await goTool('promtool', progress)
}, 900_000)
beforeAll(async () => {
  amtool = await goTool('amtool', progress)
}, 900_000)

/** Exit code and all that was printed. */
function run(file: string, args: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(file, args, { input, encoding: 'utf8' })
  return { status, text: stdout + stderr }
}

describe('the files for Prometheus and Alertmanager', () => {
  it('are well-formed', () => {
    expect(run(promtool, ['check', 'config', 'deploy/prometheus/prometheus.yml'])).toMatchObject({ status: 0 })
    expect(run(amtool, ['check-config', 'deploy/alertmanager/alertmanager.yml'])).toMatchObject({ status: 0 })
  })

  it.each(['alerts', 'alerts-days'])('fire and keep quiet as %s.test.yml says', name => {
    const { status, text } = run(promtool, ['test', 'rules', `deploy/prometheus/${name}.test.yml`])
    expect(text).not.toContain('FAILED')
    expect(status).toBe(0)
  })

  it.each([
    ['page', 'slack-pages'],
    ['ticket', 'slack-tickets'],
  ])('send a %s to %s', (severity, receiver) => {
    const route = ['config', 'routes', 'test', '--config.file=deploy/alertmanager/alertmanager.yml']
    expect(run(amtool, [...route, `severity=${severity}`]).text.trim()).toBe(receiver)
  })

  it('tell what goes on from what is over in one message', () => {
    const [, text = ''] = /name: slack-pages[\s\S]*? text: '(.*)'/.exec(alertmanager) ?? []
    const alert = (status: string, name: string) => ({
      status,
      annotations: { summary: `${name} does not answer.`, runbook: 'docs/runbook.md#clicktraildown' },
    })
    const folder = mkdtempSync(join(tmpdir(), 'clicktrail-message-'))
    const data = join(folder, 'data.json')
    writeFileSync(data, JSON.stringify({ alerts: [alert('resolved', 'collector'), alert('firing', 'audit')] }))
    const render = ['template', 'render', '--template.glob=none', `--template.data=${data}`, `--template.text=${text}`]
    const message = run(amtool, render).text.trim()
    rmSync(folder, { recursive: true })
    expect(message).toBe('audit does not answer. docs/runbook.md#clicktraildown\nOver: collector does not answer.')
  })
})

it('names and types of all metrics are as Prometheus wants them', async () => {
  expect(run(promtool, ['check', 'metrics'], await registryOfCode().metrics())).toEqual({ status: 0, text: '' })
})

describe('with a broker that shows its metrics', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'clicktrail-watching-'))
  let brokers: BrokerCluster
  let metricsPort = 0
  let collector: CollectorProcess
  let writer: Clicktrail | undefined

  beforeAll(async () => {
    ;[metricsPort = 0] = await stablePorts(1)
    const agent = await jmxAgent(metricsPort, progress)
    brokers = await startBrokerCluster(1, () => [agent])
    await makeTopic(brokers.direct, 'watched', '--partitions', '2', '--replication-factor', '1')
    collector = await startCollector({ brokers: brokers.direct, topic: 'watched', dataDir, acks: '1' })
    const body = JSON.stringify({ site: 'x', events: [{ action: 'signup' }] })
    const answer = await fetch(`${collector.url}/v1/events`, { method: 'POST', body })
    expect(answer.status).toBe(204)
  })

  afterAll(async () => {
    await writer?.stop()
    await collector?.stop()
    await brokers?.close()
    rmSync(dataDir, { recursive: true, force: true })
  })

  const text = async (port: number) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()

  it('tells its leaders and the bytes that came in', async () => {
    const metrics = await text(metricsPort)
    expect(metrics).toMatch(/^kafka_leaders [1-9]/m)
    expect(metrics).toMatch(/^kafka_received_bytes_total [1-9]/m)
    expect(metrics).toMatch(/^# HELP kafka_under_replicated_partitions /m)
  })

  it('shows all that the dashboards and alerts ask of a broker', async () => {
    const metrics = await text(metricsPort)
    const shown = [...metrics.matchAll(/^(kafka_\w+)[ {]/gm)].map(([, name]) => name)
    expect([...new Set(shown)].toSorted()).toEqual([
      'kafka_failed_produce_requests_total',
      'kafka_leaders',
      'kafka_offline_partitions',
      'kafka_produce_p99_seconds',
      'kafka_received_bytes_total',
      'kafka_received_records_total',
      'kafka_replicas',
      'kafka_request_handlers_idle_ratio',
      'kafka_sent_bytes_total',
      'kafka_under_replicated_partitions',
    ])
  })

  it('finds nothing wrong with the metrics of the collector', async () => {
    const metrics = await collector.metrics()
    expect(metrics).toContain('clicktrail_collector_events_accepted_total 1')
    expect(run(promtool, ['check', 'metrics'], metrics)).toEqual({ status: 0, text: '' })
  })

  it('finds nothing wrong with the metrics of a writer, which tell that it has caught up', async () => {
    const [port = 0] = await stablePorts(1)
    const args = ['consume', 'hdfs', '--flush-max-age-ms', '500', '--admin-port', String(port)]
    writer = spawnClicktrail({
      args,
      env: {
        KAFKA_BROKERS: brokers.direct,
        CLICKTRAIL_TOPIC: 'watched',
        HDFS_URL: process.env['HDFS_URL'] ?? '',
        HDFS_PATH: `/data/watching-${process.pid}`,
      },
    })
    let metrics = ''
    await until(
      async () => {
        metrics = await text(port).catch(() => '')
        return metrics.includes('clicktrail_consumer_records_landed_total{sink="hdfs"} 1')
      },
      { what: `the event to land:\n${writer.output()}`, timeoutMs: 60_000 },
    )
    expect(metrics).toContain('clicktrail_consumer_lag_records{sink="hdfs"} 0')
    expect(metrics).toContain('clicktrail_consumer_receive_to_stored_seconds_count{sink="hdfs"} 1')
    expect(run(promtool, ['check', 'metrics'], metrics)).toEqual({ status: 0, text: '' })
  })
})
