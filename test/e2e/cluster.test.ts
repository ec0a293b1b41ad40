import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Hono } from 'hono'
import { proxy } from 'hono/proxy'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkout } from '../../cli/checkout.ts'
import { createSite } from '../../cli/site.ts'
import { hiveDdl } from '../../deploy/hive/ddl.ts'
import { runHive, startServer, stopServer } from '../stack/servers.ts'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { elasticsearchRows } from '../support/elasticsearch-rows.ts'
import { expectWalk } from '../support/expect-walk.ts'
import { hdfsRows, type LandedRow } from '../support/landed-rows.ts'
import { batchOf, postUntilAcknowledged, tabId } from '../support/poster.ts'
import { serveApp } from '../support/serve-app.ts'
import { until } from '../support/until.ts'
import { eventsOf, openVisitor } from '../support/visitor.ts'

const ids = (rows: readonly LandedRow[]) => rows.map(row => row.event.id)

function missing(rows: readonly LandedRow[], wanted: Iterable<string>): string[] {
  const found = new Set(ids(rows))
  return [...wanted].filter(id => !found.has(id))
}

/** Waits until both storages hold every wanted event, then checks that neither holds one twice. */
async function expectOnceEverywhere(cluster: Cluster, wanted: ReadonlySet<string>, timeoutMs: number) {
  const inHdfs = () => hdfsRows(cluster.hdfsUrl, cluster.hdfsPath)
  const inElasticsearch = () => elasticsearchRows(cluster.elasticsearchUrl, cluster.index)
  const wait = { timeoutMs, everyMs: 1_000 }
  await until(async () => missing(await inHdfs(), wanted).length === 0, { what: 'every event in HDFS', ...wait })
  await until(async () => missing(await inElasticsearch(), wanted).length === 0, {
    what: 'every event in Elasticsearch',
    ...wait,
  })
  const [files, documents] = [await inHdfs(), await inElasticsearch()]
  expect(ids(files)).toHaveLength(new Set(ids(files)).size)
  expect(ids(files).toSorted()).toEqual(ids(documents).toSorted())
  return { files, documents }
}

describe('three processes on real Kafka, HDFS, Elasticsearch and Hive', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startCluster({ dataDir: await mkdtemp(join(tmpdir(), 'clicktrail-')) })
  })
  afterAll(() => cluster.close())

  it('carries what a visitor does in a real browser into HDFS, Elasticsearch and a Hive query, each event once', async () => {
    const app = new Hono()
    app.route('/', createSite(checkout))
    app.all('*', context =>
      proxy(`${cluster.url}${new URL(context.req.url).pathname}${new URL(context.req.url).search}`, context.req),
    )
    const site = await serveApp(app)
    const visitor = await openVisitor()
    const walk = await visitor.walk(site.url, { name: 'Ada', clicks: 24 })
    await visitor.close()
    await site.close()

    const wait = { timeoutMs: 60_000, everyMs: 1_000 }
    const files = () => hdfsRows(cluster.hdfsUrl, cluster.hdfsPath)
    const documents = () => elasticsearchRows(cluster.elasticsearchUrl, cluster.index)
    await until(async () => (await files()).length >= eventsOf(walk), { what: 'every event in HDFS', ...wait })
    await until(async () => (await documents()).length >= eventsOf(walk), {
      what: 'every event in Elasticsearch',
      ...wait,
    })
    expectWalk(await files(), walk)
    expectWalk(await documents(), walk)

    const table = cluster.index.replaceAll('-', '_')
    const answer = await runHive(`${hiveDdl({ location: cluster.hdfsPath, table })}
      SELECT properties['color'], count(*), count(DISTINCT event.id) FROM ${table} WHERE event.action = 'color_click' GROUP BY properties['color'];`)
    const counted = Object.fromEntries(answer.map(([color, count]) => [color, Number(count)]))
    const clicked: Record<string, number> = {}
    for (const color of walk.colors) clicked[color] = (clicked[color] ?? 0) + 1
    expect(counted).toEqual(clicked)
  })

  it('lands 100,000 events, and the counts of the topic, HDFS, Elasticsearch and Hive agree', async () => {
    const batches = 10_000
    const wanted = new Set<string>()
    const fromMs = Date.now()
    let next = 0
    const posters = Array.from({ length: 16 }, async () => {
      for (let batch = next++; batch < batches; batch = next++) {
        const tab = tabId(1_000_000 + batch)
        await postUntilAcknowledged(cluster.url, batchOf(tab, 1, 10))
        for (let n = 1; n <= 10; n++) wanted.add(`${tab}-${n}`)
      }
    })
    await Promise.all(posters)
    const acknowledgedMs = Date.now() - fromMs
    expect(wanted.size).toBe(100_000)
    const { files } = await expectOnceEverywhere(cluster, wanted, 120_000)
    console.log(
      `100,000 events: acknowledged after ${acknowledgedMs} ms, all in both storages after ${Date.now() - fromMs} ms`,
    )

    const table = cluster.index.replaceAll('-', '_')
    const rows = await runHive(`${hiveDdl({ location: cluster.hdfsPath, table })}
      SELECT kafka.\`partition\`, count(*), count(*) + sum(coalesce(kafka.skipped, 0)), max(kafka.\`offset\`) - min(kafka.\`offset\`) + 1 FROM ${table} GROUP BY kafka.\`partition\`;`)
    expect(rows).toHaveLength(3)
    for (const [, , complete, range] of rows) expect(complete).toBe(range)
    expect(rows.reduce((sum, row) => sum + Number(row[1]), 0)).toBe(files.length)
  })

  it.each(['kafka', 'hdfs', 'elasticsearch'] as const)(
    'loses and repeats nothing that was acknowledged while %s is away for 30 s, and needs no restart',
    async server => {
      const acknowledged = new Set<string>()
      let posting = true
      const posters = Array.from({ length: 4 }, async (_, poster) => {
        const tab = tabId(2_000_000 + poster)
        for (let n = 1; posting; n += 10) {
          if (!(await postUntilAcknowledged(cluster.url, batchOf(tab, n, 10)))) return
          for (let i = 0; i < 10; i++) acknowledged.add(`${tab}-${n + i}`)
          await new Promise(resolve => setTimeout(resolve, 20))
        }
      })
      await until(() => acknowledged.size > 200, { what: 'the first events' })
      await stopServer(server)
      await new Promise(resolve => setTimeout(resolve, 30_000))
      await startServer(server)
      const before = acknowledged.size
      await until(() => acknowledged.size > before + 200, { what: `events after ${server} is back`, timeoutMs: 60_000 })
      posting = false
      await Promise.all(posters)
      await expectOnceEverywhere(cluster, acknowledged, 120_000)
      expect(cluster.processes.map(({ child }) => child.exitCode)).toEqual([null, null, null])
    },
  )
})
