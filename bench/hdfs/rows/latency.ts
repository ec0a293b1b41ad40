import { setTimeout as wait } from 'node:timers/promises'
import { createHdfsSink } from '../../../consumers/hdfs/sink.ts'
import type { Sink } from '../../../consumers/sink.ts'
import { atMost, type Figure } from '../../collector/figures.ts'
import { withKafkaLog } from '../kafka-log.ts'
import { logger, startConsumer } from '../landing-run.ts'
import { servers } from '../options.ts'
import { inRealTable } from './landing.ts'

const partitions = 6
const maxAgeMs = 5_000
const seconds = 30
/** Of each partition, ten times a second. */
const burst = 17

/** Notes for each record how long after the log took it its file was visible. */
function timed(sink: Sink): { sink: Sink; latencies: number[] } {
  const waiting = new Map<number, { offset: number; timestampMs: number }[]>()
  const latencies: number[] = []
  return {
    latencies,
    sink: {
      ...sink,
      add(partition, records, nowMs) {
        const list = waiting.get(partition) ?? []
        waiting.set(partition, list)
        list.push(...records.map(({ offset, timestampMs }) => ({ offset, timestampMs })))
        return sink.add(partition, records, nowMs)
      },
      async flush(partition, signal) {
        const flushed = await sink.flush(partition, signal)
        if (flushed === 'lost') return flushed
        const list = waiting.get(partition) ?? []
        const visible = list.filter(({ offset }) => offset < flushed.next)
        for (const { timestampMs } of visible) latencies.push(Date.now() - timestampMs)
        waiting.set(partition, list.slice(visible.length))
        return flushed
      },
    },
  }
}

/** From Kafka until it is visible, at 1,000 events a second and a flush age of 5 s. */
export async function latency(): Promise<Figure[]> {
  const { brokers } = servers
  if (!brokers) return []
  return inRealTable(store =>
    withKafkaLog(brokers, partitions, async log => {
      const reader = log.reader()
      const { sink, latencies } = timed(createHdfsSink({ store, topic: reader.topic, logger, maxAgeMs }))
      const { consumer, started, dead } = startConsumer(reader, sink)
      await started
      let appended = 0
      for (const end = performance.now() + seconds * 1_000; performance.now() < end; await wait(100)) {
        await log.append(burst)
        appended += burst * partitions
      }
      while (sink.counts().landed < appended) await Promise.race([wait(50), dead])
      await consumer.close()
      const p99 = latencies.sort((a, b) => a - b)[Math.floor(latencies.length * 0.99)] ?? Number.NaN
      return [
        { what: 'Kafka to visible, p99, flush age 5 s', value: p99, unit: 'ms', bounds: atMost(maxAgeMs + 5_000) },
      ]
    }),
  )
}
