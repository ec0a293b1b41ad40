import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { goTool } from '../stack/go-tools.ts'
import { stablePorts } from '../support/broker-cluster.ts'
import type { Pipeline } from './pipeline.ts'
import { startProgram } from './program.ts'
import { shipped } from './shipped.ts'

/** Prometheus and Alertmanager with the configurations that are shipped. */
export interface Watchers {
  /** What Prometheus answers under `/api/v1`, its `data`. Throws with its words when that is an error. */
  ask(path: string, query?: Record<string, string>): Promise<unknown>
  /** All that both have written. */
  output(): string
  close(): Promise<void>
}

export interface WatchersOptions {
  folder: string
  targets: Pipeline['targets']
  /** `host:port` of the blackbox exporter. */
  blackbox: string
  /** The address that it asks. */
  publicUrl: string
  slackWebhook: string
  progress: (line: string) => void
}

const answer = z.object({ status: z.string(), data: z.unknown(), error: z.string().optional() })

/**
 * Starts both. Addresses are exchanged as an operator would, and every wait is shortened: a second between two scrapes, five for `for:`.
 * Prometheus remembers two events a second of yesterday, from ten minutes before this time to ten after.
 */
export async function startWatchers(options: WatchersOptions): Promise<Watchers> {
  const { folder, progress } = options
  const programs = await Promise.all(
    (['promtool', 'prometheus', 'alertmanager'] as const).map(name => goTool(name, progress)),
  )
  const [promtool = '', prometheus = '', alertmanager = ''] = programs
  const [port = 0, alertsPort = 0] = await stablePorts(2)
  const file = (name: string) => join(folder, name)
  mkdirSync(file('targets'))
  writeConfigurations(options, file, alertsPort)
  remember(promtool, file)

  const alerts = await startProgram(
    alertmanager,
    [
      `--config.file=${file('alertmanager.yml')}`,
      `--storage.path=${file('alertmanager')}`,
      `--web.listen-address=127.0.0.1:${alertsPort}`,
      '--cluster.listen-address=',
    ],
    `http://127.0.0.1:${alertsPort}/-/ready`,
  )
  const scraper = await startProgram(
    prometheus,
    [
      `--config.file=${file('prometheus.yml')}`,
      `--storage.tsdb.path=${file('prometheus')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    `http://127.0.0.1:${port}/-/ready`,
  )
  return {
    async ask(path, query = {}) {
      const response = await fetch(`http://127.0.0.1:${port}/api/v1/${path}?${new URLSearchParams(query)}`)
      const { status, data, error } = answer.parse(await response.json())
      if (status !== 'success') throw new Error(`${path} ${JSON.stringify(query)}: ${error}`)
      return data
    },
    output: () => alerts.output() + scraper.output(),
    async close() {
      await scraper.stop()
      await alerts.stop()
    },
  }
}

function writeConfigurations(options: WatchersOptions, file: (name: string) => string, alertsPort: number): void {
  const { targets, blackbox, publicUrl, slackWebhook } = options
  const write = (name: string, text: string) => writeFileSync(file(name), text)
  write('webhook', slackWebhook)
  write(
    'alertmanager.yml',
    shipped('deploy/alertmanager/alertmanager.yml', [
      ['/run/secrets/slack-webhook', file('webhook')],
      [/group_wait: \w+/g, 'group_wait: 1s'],
      [/group_interval: \w+/g, 'group_interval: 1s'],
    ]),
  )
  write('alerts.yml', shipped('deploy/prometheus/alerts.yml', [[/ for: \w+/g, ' for: 5s']]))
  write(
    'prometheus.yml',
    shipped('deploy/prometheus/prometheus.yml', [
      [/_interval: 15s/g, '_interval: 1s'],
      ['alertmanager:9093', `127.0.0.1:${alertsPort}`],
      ['collector:8081', targets.collector],
      ['hdfs-writer:8082', targets['hdfs-writer']],
      ['elasticsearch-writer:8083', targets['elasticsearch-writer']],
      ['"blackbox:9115"', `"${blackbox}"`],
    ]),
  )
  const listed = { audit: targets.audit, kafka: targets.kafka, public: publicUrl }
  for (const [name, target] of Object.entries(listed)) write(`targets/${name}.yml`, `[{ targets: ["${target}"] }]\n`)
}

/** Gives Prometheus the recorded rate of yesterday. */
function remember(promtool: string, file: (name: string) => string): void {
  const nowS = Math.floor(Date.now() / 1_000)
  const lines = Array.from({ length: 81 }, (_, index) => {
    return `clicktrail:events_accepted:rate10m 2 ${nowS - 86_400 - 600 + index * 15}`
  })
  writeFileSync(file('yesterday.txt'), `# TYPE clicktrail:events_accepted:rate10m gauge\n${lines.join('\n')}\n# EOF\n`)
  const args = ['tsdb', 'create-blocks-from', 'openmetrics', file('yesterday.txt'), file('prometheus')]
  const { status, stdout, stderr } = spawnSync(promtool, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`promtool ${args.join(' ')} failed: ${stdout}${stderr}`)
}
