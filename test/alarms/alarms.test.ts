import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { dashboards } from '../../deploy/grafana/dashboards.ts'
import { goTool } from '../stack/go-tools.ts'
import { batchOf, postUntilAcknowledged, tabId } from '../support/poster.ts'
import { rulesOfFile } from '../support/watched-metrics.ts'
import { startBlackbox } from './blackbox-double.ts'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { type SlackDouble, startSlack } from './slack-double.ts'
import { startWatchers, type Watchers } from './watchers.ts'

const progress = (line: string) => console.error(`[stack] ${line}`)
const folder = mkdtempSync(join(tmpdir(), 'clicktrail-alarms-'))
const publicUrl = 'https://collect.example.org/clicktrail.js'
let pipeline: Pipeline
let slack: SlackDouble
let blackbox: Awaited<ReturnType<typeof startBlackbox>>
let watchers: Watchers
let promtool = ''
/** Ends the traffic. */
let quiet = () => Promise.resolve()

beforeAll(async () => {
  promtool = await goTool('promtool', progress)
  await Promise.all([goTool('prometheus', progress), goTool('alertmanager', progress)])
  slack = await startSlack()
  blackbox = await startBlackbox()
  pipeline = await startPipeline(join(folder, 'data'), progress)
  watchers = await startWatchers({
    folder: mkdtempSync(join(folder, 'watchers-')),
    targets: pipeline.targets,
    blackbox: new URL(blackbox.url).host,
    publicUrl,
    slackWebhook: slack.webhook,
    progress,
  })
})

afterAll(async () => {
  await quiet()
  await watchers?.close()
  await pipeline?.close()
  await blackbox?.close()
  await slack?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Ten events five times a second, until `quiet`. */
function traffic(): void {
  const ended = new AbortController()
  const posting = (async () => {
    for (let tab = 1; !ended.signal.aborted; tab++) {
      await postUntilAcknowledged(pipeline.url, batchOf(tabId(tab), 1, 10), () => ended.signal.aborted)
      await new Promise(resolve => setTimeout(resolve, 200))
    }
  })()
  quiet = () => {
    ended.abort()
    return posting
  }
}

async function messageTitled(title: string) {
  await expect.poll(() => slack.messages.map(message => message.title), { timeout: 60_000 }).toContain(title)
  return slack.messages.find(message => message.title === title)
}

const series = z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) })

/** Titles and lines of the dashboards for which Prometheus has no number now. Throws where it does not take the query. */
async function silent(): Promise<string[]> {
  const lines = dashboards.flatMap(({ panels }) =>
    panels.flatMap(({ title, queries }) => Object.entries(queries).map(([legend, expr]) => ({ title, legend, expr }))),
  )
  const answers = await Promise.all(
    lines.map(async ({ title, legend, expr }) => {
      const { result } = series.parse(await watchers.ask('query', { query: expr }))
      return result.some(({ value: [, number] }) => number !== 'NaN') ? [] : [`${title}: ${legend}`]
    }),
  )
  return answers.flat()
}

describe('with the real Prometheus and Alertmanager', () => {
  // The first message meets a Slack that is away.
  it('Slack hears that events have stopped, what that means and where to read on', async () => {
    expect(await messageTitled('ClicktrailEventsStopped')).toEqual({
      channel: '#clicktrail-alerts',
      title: 'ClicktrailEventsStopped',
      text: 'No event has come for ten minutes; yesterday at this time there were some. docs/runbook.md#clicktraileventsstopped\n',
      color: 'danger',
    })
  })

  it('Slack hears that events come again', async () => {
    traffic()
    expect(await messageTitled('ClicktrailEventsStopped: over')).toMatchObject({
      channel: '#clicktrail-alerts',
      text: 'Over: No event has come for ten minutes; yesterday at this time there were some.\n',
      color: 'good',
    })
  })

  it('every line of the dashboards shows a number while events flow, but for dead letters, since there are none', async () => {
    await expect
      .poll(silent, { timeout: 50_000, interval: 500 })
      .toEqual(['Copies, dead letters and retries: {{sink}} dead: {{reason}}'])
  })

  it('every rule is evaluated without an error', async () => {
    const rule = z.object({ name: z.string(), health: z.string(), lastError: z.string().optional() })
    const { groups } = z
      .object({ groups: z.array(z.object({ rules: z.array(rule) })) })
      .parse(await watchers.ask('rules'))
    const { alerts, records } = rulesOfFile()
    const rules = groups.flatMap(group => group.rules)
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([])
    expect(rules.map(({ name }) => name).toSorted()).toEqual([...alerts, ...records].map(({ name }) => name).toSorted())
  })

  it('no alert is left once all is well', async () => {
    await expect
      .poll(async () => series.parse(await watchers.ask('query', { query: 'ALERTS' })).result, { timeout: 50_000 })
      .toEqual([])
  })

  it.each(['collector', 'hdfs-writer', 'elasticsearch-writer', 'audit'] as const)(
    'promtool finds nothing wrong with the metrics of a %s at work',
    async job => {
      const metrics = await (await fetch(`http://${pipeline.targets[job]}/metrics`)).text()
      const { stdout, stderr, status } = spawnSync(promtool, ['check', 'metrics'], { input: metrics, encoding: 'utf8' })
      expect(metrics).toContain('clicktrail_')
      expect({ text: stdout + stderr, status }).toEqual({ text: '', status: 0 })
    },
  )

  it('the public address is watched through the exporter, and Slack hears it when the exporter is gone', async () => {
    const query = `probe_success{job="public",instance="${publicUrl}"} == 1 and probe_ssl_earliest_cert_expiry > time()`
    expect(series.parse(await watchers.ask('query', { query })).result).toHaveLength(1)
    await blackbox.close()
    expect(await messageTitled('ClicktrailPublicUnwatched')).toMatchObject({
      channel: '#clicktrail',
      text: expect.stringContaining(publicUrl),
    })
  })

  it('Slack hears which process is gone', async () => {
    await pipeline.killHdfsWriter()
    expect(await messageTitled('ClicktrailDown')).toMatchObject({
      channel: '#clicktrail-alerts',
      text: `hdfs-writer ${pipeline.targets['hdfs-writer']} does not answer. docs/runbook.md#clicktraildown\n`,
    })
  })

  it('the address of the webhook is in no message and in no log', () => {
    const [, , token = ''] = slack.secret.split('/')
    expect(slack.bodies.join('\n') + watchers.output()).not.toContain(token)
    expect(watchers.output()).toContain('Notify attempt failed')
  })
})
