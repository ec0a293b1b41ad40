import { setTimeout as wait } from 'node:timers/promises'
import { elasticsearchClient } from '../../consumers/elasticsearch/client.ts'
import { createElasticsearchSink } from '../../consumers/elasticsearch/sink.ts'
import type { ReaderHooks, TopicReader } from '../../topic/topic.ts'
import { anonymousBytes } from '../collector/process-facts.ts'
import { logger, startConsumer } from '../hdfs/landing-run.ts'
import { cpuMeter } from './cpu-meter.ts'

/** Documents of a bulk, of the writer and of raw posts. */
export const bulkRecords = 1_000

/** How often memory is looked at, milliseconds: asking for it costs CPU, which is measured too. */
const probeMs = 50

/** A writer as `clicktrail consume elasticsearch` runs it. */
export function startWriter(reader: TopicReader, url: string, index: string) {
  const client = elasticsearchClient({ urls: [url] })
  const sink = createElasticsearchSink({ client, topic: reader.topic, index, logger, maxRecords: bulkRecords })
  const created = () => sink.storage?.().answers?.find(([outcome]) => outcome === 'created')?.[1] ?? 0
  return { sink, created, ...startConsumer(reader, sink) }
}

export interface Written {
  /** From the first record that was read to the answer to the last bulk. */
  seconds: number
  /** Of this process, all threads, in that time: that of a log that is made up here is in it. */
  cpuSeconds: number
  peakBytes: number
}

/** Writes so many records and says what it took. Throws unless each was stored once. */
export async function write(given: TopicReader, url: string, index: string, total: number): Promise<Written> {
  let began: { ms: number; cpuSeconds: () => number } | undefined
  const reader: TopicReader = {
    ...given,
    start: hooks =>
      given.start({
        ...hooks,
        records(partition, records) {
          began ??= { ms: performance.now(), cpuSeconds: cpuMeter() }
          hooks.records(partition, records)
        },
      }),
  }
  const { sink, created, consumer, dead } = startWriter(reader, url, index)
  let peakBytes = 0
  for (let probedMs = 0; created() < total; await Promise.race([wait(5), dead])) {
    if (performance.now() - probedMs < probeMs) continue
    probedMs = performance.now()
    peakBytes = Math.max(peakBytes, anonymousBytes(process.pid))
  }
  if (!began) throw new Error('nothing was read')
  const figures = { seconds: (performance.now() - began.ms) / 1_000, cpuSeconds: began.cpuSeconds(), peakBytes }
  // Accounted for at the next flush, which is no matter of speed.
  while (sink.counts().landed < total) await Promise.race([wait(5), dead])
  const counts = sink.counts()
  await consumer.close()
  if (counts.landed !== total || counts.copies + counts.redelivered > 0)
    throw new Error(`${JSON.stringify(counts)} of ${total}`)
  return figures
}

/** CPU seconds of reading so many records and doing nothing with them. */
export async function read(reader: TopicReader, total: number): Promise<number> {
  const cpuSeconds = cpuMeter()
  let left = total
  await new Promise<void>((resolve, reject) => {
    const hooks: ReaderHooks = {
      async assigned(partitions) {
        for (const partition of partitions) reader.seek(partition, 0)
      },
      revoked() {},
      records(_, records) {
        left -= records.length
        if (left <= 0) resolve()
      },
      failed: reject,
    }
    reader.start(hooks).catch(reject)
  })
  await reader.close()
  return cpuSeconds()
}
