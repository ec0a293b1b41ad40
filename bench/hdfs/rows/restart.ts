import { setTimeout as wait } from 'node:timers/promises'
import { atLeast, atMost, type Figure } from '../../collector/figures.ts'
import { withKafkaLog } from '../kafka-log.ts'
import { land, startWriter } from '../landing-run.ts'
import { servers } from '../options.ts'
import { inRealTable } from './landing.ts'

const partitions = 6

/**
 * From Kafka into HDFS, then the writer starts again: until the first new record of every partition is buffered, with the
 * windows filled by reading 50,000 offsets back.
 */
export async function restart(thousands = 360): Promise<Figure[]> {
  const { brokers } = servers
  if (!brokers) return []
  const each = Math.floor((thousands * 1_000) / partitions)
  return inRealTable(store =>
    withKafkaLog(brokers, partitions, async log => {
      await log.append(each)
      const total = each * partitions
      const { seconds, cpuSeconds } = await land(log.reader(), store, total, { maxAgeMs: 3_000 })
      await log.append(1)
      const began = performance.now()
      const { sink, consumer, dead } = startWriter(log.reader(), store)
      const waits = () => Array.from({ length: partitions }, (_, partition) => sink.buffered(partition).records)
      while (!waits().every(records => records === 1)) await Promise.race([wait(10), dead])
      const restartMs = performance.now() - began
      await consumer.close()
      return [
        { what: 'from Kafka into the real HDFS', value: total / seconds, unit: 'events/s', bounds: atLeast(20_000) },
        { what: '… CPU µs an event', value: (cpuSeconds * 1e6) / total, unit: '' },
        {
          what: 'restart to the first new record, 6 windows filled',
          value: restartMs,
          unit: 'ms',
          bounds: atMost(10_000),
        },
      ]
    }),
  )
}
