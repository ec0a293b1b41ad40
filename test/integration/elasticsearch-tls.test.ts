import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { elasticsearchClient } from '../../consumers/elasticsearch/client.ts'
import { createElasticsearchSink } from '../../consumers/elasticsearch/sink.ts'
import { makeCertificate } from '../support/certificates.ts'
import { runClicktrail, spawnClicktrail, untilSaid } from '../support/clicktrail.ts'
import { elasticsearchRows } from '../support/elasticsearch-rows.ts'
import { logRecords } from '../support/log-records.ts'
import { removeIndex } from '../support/remove-index.ts'
import { startTlsProxy } from '../support/tls-proxy.ts'

const plainUrl = process.env['ELASTICSEARCH_URL'] ?? 'http://127.0.0.1:9200'
const plainPort = Number(new URL(plainUrl).port)
const index = `it-tls-${Date.now().toString(36)}`
const folder = mkdtempSync(join(tmpdir(), 'clicktrail-tls-'))
const authority = makeCertificate(folder, 'authority')
const stranger = makeCertificate(folder, 'stranger')
let proxy: Awaited<ReturnType<typeof startTlsProxy>>
let url: string

beforeAll(async () => {
  proxy = await startTlsProxy(makeCertificate(folder, 'node', authority), plainPort)
  url = `https://127.0.0.1:${proxy.port}`
})

afterAll(async () => {
  await proxy.close()
  const client = elasticsearchClient({ urls: [plainUrl] })
  await removeIndex(client, index)
  await client.close()
  rmSync(folder, { recursive: true, force: true })
})

const setup = (caFile?: string, to = url) =>
  runClicktrail({
    args: ['elasticsearch', 'setup'],
    env: {
      ELASTICSEARCH_URL: to,
      ELASTICSEARCH_INDEX: index,
      ...(caFile === undefined ? {} : { ELASTICSEARCH_CA_FILE: caFile }),
    },
  })

test('sets up and writes through TLS with the authority of the node', async () => {
  const { code, output } = await setup(authority.certFile)
  expect(output).toContain(`done     index template ${index}`)
  expect(code).toBe(0)
  const client = elasticsearchClient({ urls: [url], caFile: authority.certFile })
  const sink = createElasticsearchSink({ client, topic: 'clicktrail', index, logger: pino({ level: 'silent' }) })
  const { signal } = new AbortController()
  await sink.start(0, { low: 0, high: 20, committed: undefined }, signal)
  sink.add(0, logRecords(0, 0, 20), 0)
  expect(await sink.flush(0, signal)).toMatchObject({ next: 20, rejected: [] })
  await sink.close()
  expect(await elasticsearchRows(plainUrl, index)).toHaveLength(20)
})

test.each([
  ['the authority of somebody else', () => setup(stranger.certFile), 'Set ELASTICSEARCH_CA_FILE to the PEM file of'],
  ['no authority', () => setup(), 'Set ELASTICSEARCH_CA_FILE to the PEM file of'],
  [
    'a name that the certificate does not have',
    () => setup(authority.certFile, url.replace('127.0.0.1', 'localhost')),
    'Name the node in ELASTICSEARCH_URL as its certificate does',
  ],
  [
    'TLS where none is spoken',
    () => setup(authority.certFile, plainUrl.replace('http:', 'https:')),
    'Is it http:// in ELASTICSEARCH_URL?',
  ],
])('with %s it is refused, and says what to do', async (_, run, says) => {
  const { code, output } = await run()
  expect(output).toContain(says)
  expect(code).toBe(1)
})

test('a writer with the authority of somebody else says what to do, and waits', async () => {
  const writer = spawnClicktrail({
    args: ['consume', 'elasticsearch', '--admin-port', '0'],
    env: {
      KAFKA_BROKERS: process.env['KAFKA_BROKERS'] ?? '127.0.0.1:9092',
      CLICKTRAIL_TOPIC: index,
      ELASTICSEARCH_URL: url,
      ELASTICSEARCH_INDEX: index,
      ELASTICSEARCH_CA_FILE: stranger.certFile,
    },
  })
  await untilSaid(writer, 'Set ELASTICSEARCH_CA_FILE to the PEM file of')
  expect(writer.child.exitCode).toBeNull()
  expect(await writer.stop()).toBe(0)
})
