import { loadConfig } from '../../../cli/config/config.ts'
import { openLandingStore } from '../../../cli/open/landing-store.ts'
import { type OpenSink, runConsumer } from '../../../cli/open/sinks.ts'
import { openTopics } from '../../../cli/open/topics.ts'
import { createLog } from '../../../cli/process/log.ts'
import { runUntilSignal, untilSignal } from '../../../cli/process/run.ts'
import { elasticsearchClient } from '../../../consumers/elasticsearch/client.ts'
import { setupElasticsearch } from '../../../consumers/elasticsearch/setup.ts'
import { createElasticsearchSink } from '../../../consumers/elasticsearch/sink.ts'
import { createHdfsSink } from '../../../consumers/hdfs/sink.ts'
import { noMetrics } from '../../../consumers/metrics.ts'
import type { TopicReader } from '../../../topic/topic.ts'
import { gatedClient } from '../fakes/elasticsearch-client.ts'
import { type Call, gatedStore, gatedWriter, type Passage } from '../fakes/gate.ts'

// A writer as `clicktrail consume hdfs` or `elasticsearch` runs it, on real servers, that kills itself at a step: FAULTS_DIE_AT
// is one of the failpoints, FAULTS_DIE_TURN how often it comes there.
const { FAULTS_DIE_AT, FAULTS_DIE_TURN = '1', ...env } = process.env
let left = Number(FAULTS_DIE_TURN)

async function pass(point: string): Promise<void> {
  if (point !== FAULTS_DIE_AT || --left > 0) return
  process.kill(process.pid, 'SIGKILL')
  await new Promise<never>(() => {})
}

const mortal: Passage = {
  async through<T>(call: Call, action: () => Promise<T>): Promise<T> {
    await pass(`before ${call}`)
    const result = await action()
    await pass(`after ${call}`)
    return result
  },
}

function mortalReader(reader: TopicReader): TopicReader {
  const commit: TopicReader['commit'] = (...told) => mortal.through('commit', () => reader.commit(...told))
  return { ...reader, commit }
}

const openHdfsSink: OpenSink = async (config, logger, signal) => {
  const store = gatedStore(await openLandingStore(config, logger, signal), mortal)
  const { flush, format, generation, topic } = config
  return createHdfsSink({ store, topic, format, generation, ...flush, logger })
}

const openElasticsearchSink: OpenSink = async ({ elasticsearch, topic }, logger) => {
  const { urls = [], index, credentials } = elasticsearch
  const client = gatedClient(elasticsearchClient({ urls, ...credentials }), mortal)
  await setupElasticsearch(client, { index, onlyIfMissing: true })
  return createElasticsearchSink({ client, topic, index, logger })
}

const isElasticsearch = process.argv.includes('elasticsearch')
const signalled = untilSignal()
const config = loadConfig({ command: isElasticsearch ? 'consume elasticsearch' : 'consume hdfs', env })
const logger = createLog(config.logLevel)
const topics = openTopics(config, logger)
const mortalTopics = {
  ...topics,
  reader: (sink: string) => mortalReader(topics.reader(sink)),
  deadLetters: () => gatedWriter(topics.deadLetters(), mortal),
}
const openSink = isElasticsearch ? openElasticsearchSink : openHdfsSink
const consumer = runConsumer(config, mortalTopics, openSink, logger, () => noMetrics)
const stages = [() => consumer.close(), () => topics.close()]
await runUntilSignal({ signalled, died: consumer.died, stages }, logger)
