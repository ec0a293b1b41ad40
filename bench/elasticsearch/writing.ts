import { setTimeout as wait } from 'node:timers/promises'
import { elasticsearchClient } from '../../consumers/elasticsearch/client.ts'
import { createElasticsearchSink } from '../../consumers/elasticsearch/sink.ts'
import type { TopicReader } from '../../topic/topic.ts'
import { anonymousBytes } from '../collector/process-facts.ts'
import { logger, startConsumer } from '../hdfs/landing-run.ts'

/** Documents of a bulk, of the writer and of raw posts. */
export const bulkRecords = 1_000

/** A writer as `clicktrail consume elasticsearch` runs it. */
export function startWriter(reader: TopicReader, url: string, index: string) {
  const client = elasticsearchClient({ urls: [url] })
  const sink = createElasticsearchSink({ client, topic: reader.topic, index, logger, maxRecords: bulkRecords })
  return { sink, ...startConsumer(reader, sink) }
}

export interface Written {
  /** From the first record that was read to the last that was stored. */
  seconds: number
  /** Of this process, all threads, in that time. */
  cpuSeconds: number
  peakBytes: number
}

/** Writes so many records and says what it took. Throws unless each was stored once. */
export async function write(given: TopicReader, url: string, index: string, total: number): Promise<Written> {
  let began: { ms: number; cpu: NodeJS.CpuUsage } | undefined
  const reader: TopicReader = {
    ...given,
    start: hooks =>
      given.start({
        ...hooks,
        records(partition, records) {
          began ??= { ms: performance.now(), cpu: process.cpuUsage() }
          hooks.records(partition, records)
        },
      }),
  }
  const { sink, consumer, dead } = startWriter(reader, url, index)
  let peakBytes = 0
  while (sink.counts().landed < total) {
    peakBytes = Math.max(peakBytes, anonymousBytes(process.pid))
    await Promise.race([wait(5), dead])
  }
  if (!began) throw new Error('nothing was read')
  const seconds = (performance.now() - began.ms) / 1_000
  const { user, system } = process.cpuUsage(began.cpu)
  const counts = sink.counts()
  await consumer.close()
  if (counts.landed !== total || counts.copies + counts.redelivered > 0)
    throw new Error(`${JSON.stringify(counts)} of ${total}`)
  return { seconds, cpuSeconds: (user + system) / 1e6, peakBytes }
}
