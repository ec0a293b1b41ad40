import { corpus } from '../bodies.ts'
import { startBrokers } from '../broker.ts'
import { startClicktrail } from '../clicktrail.ts'
import { median } from '../compare.ts'
import { atMost, type Figure } from '../figures.ts'
import { load, mustAcknowledge } from '../load.ts'
import { makeTopic } from '../topics.ts'
import type { MeasureRow } from './row.ts'

const rates = [
  { rate: 25_000, bounds: atMost(30, 20) },
  { rate: 40_000, bounds: atMost(45, 30) },
] as const

/** Time to the acknowledgement on a fixed schedule, batches of 10, from the moment that the schedule asks for. */
export const measureLatency: MeasureRow = async ({ generator, seconds, rounds, log }) => {
  const brokers = await startBrokers(1, log)
  const topic = 'latency'
  try {
    await makeTopic(brokers.addresses, topic)
    const server = await startClicktrail({ brokers: brokers.addresses, topic })
    try {
      const samples = corpus({ events: 10 })
      const figures: Figure[] = []
      for (const { rate, bounds } of rates) {
        const p50: number[] = []
        const p99: number[] = []
        const max: number[] = []
        for (let round = 0; round < rounds; round++) {
          const warmup = round === 0 ? 3 * seconds : 1
          const report = await load(generator, server, {
            samples,
            rate,
            seconds: 2 * seconds,
            warmup,
            connections: 256,
          })
          const { answers, unsent, unanswered } = mustAcknowledge(server, report)
          if (unsent + unanswered > 0) throw new Error(`${unsent} requests not sent, ${unanswered} not answered`)
          p50.push(answers['204']?.p50Ms ?? Number.NaN)
          p99.push(answers['204']?.p99Ms ?? Number.NaN)
          max.push(answers['204']?.maxMs ?? Number.NaN)
          log(`latency at ${rate} events/s: p50 ${p50.at(-1)?.toFixed(1)} ms, p99 ${p99.at(-1)?.toFixed(1)} ms`)
        }
        const at = `at ${rate.toLocaleString('en-US')} events/s`
        figures.push(
          { what: `p50 ${at}`, value: median(p50), unit: 'ms' },
          { what: `p99 ${at}`, value: median(p99), unit: 'ms', bounds },
          { what: `max ${at}, all rounds`, value: Math.max(...max), unit: 'ms' },
        )
      }
      return figures
    } finally {
      await server.stop()
    }
  } finally {
    await brokers.close()
  }
}
