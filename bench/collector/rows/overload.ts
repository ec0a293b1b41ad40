import { corpus } from '../bodies.ts'
import { startBrokers } from '../broker.ts'
import { startClicktrail } from '../clicktrail.ts'
import { median } from '../compare.ts'
import { atLeast, atMost } from '../figures.ts'
import { acknowledgedPerSecond, load, mustAcknowledge } from '../load.ts'
import { makeTopic } from '../topics.ts'
import type { MeasureRow } from './row.ts'

/** So many that nearly nobody waits for a socket: what a crowd of browsers brings. */
const crowd = 2_048

/** Twice of what it can take, on a schedule that doesn't wait. */
export const measureOverload: MeasureRow = async ({ generator, seconds, rounds, log }) => {
  const brokers = await startBrokers(1, log)
  const topic = 'overload'
  try {
    await makeTopic(brokers.addresses, topic)
    const server = await startClicktrail({ brokers: brokers.addresses, topic })
    try {
      const samples = corpus({ events: 10 })
      const goodput: number[] = []
      const accepted: number[] = []
      const refused: number[] = []
      for (let round = 0; round < rounds; round++) {
        const warmup = round === 0 ? 3 * seconds : 1
        const most = await load(generator, server, { samples, seconds, warmup, connections: 256 })
        const capacity = acknowledgedPerSecond(mustAcknowledge(server, most))
        const flood = { samples, rate: 2 * capacity, seconds: 2 * seconds, warmup: seconds, connections: crowd }
        const report = await load(generator, server, flood)
        goodput.push((100 * acknowledgedPerSecond(report)) / capacity)
        accepted.push(report.answers['204']?.p99Ms ?? Number.NaN)
        refused.push(report.answers['503']?.p99Ms ?? Number.NaN)
        const statuses = Object.entries(report.answers).map(([status, { requests }]) => `${requests} x ${status}`)
        const lost = `${report.unsent} unsent, ${report.unanswered} unanswered, ${report.cut} cut`
        log(`overload: capacity ${Math.round(capacity)} events/s, offered twice: ${statuses.join(', ')}, ${lost}`)
      }
      return [
        { what: 'overload: goodput of the capacity', value: median(goodput), unit: '%', bounds: atLeast(85, 95) },
        { what: 'overload: p99 of what is accepted', value: median(accepted), unit: 'ms', bounds: atMost(300, 100) },
        { what: 'overload: p99 of the time to a 503', value: median(refused), unit: 'ms', bounds: atMost(20, 5) },
      ]
    } finally {
      await server.stop()
    }
  } finally {
    await brokers.close()
  }
}
