import { setTimeout as wait } from 'node:timers/promises'
import { startBrokers } from '../broker.ts'
import { startClicktrail } from '../clicktrail.ts'
import { atMost } from '../figures.ts'
import { cpuSeconds } from '../process-facts.ts'
import { makeTopic } from '../topics.ts'
import type { MeasureRow } from './row.ts'

const settleMs = 5_000

/** CPU of a collector without requests, connected to a broker: for six times `--seconds`. */
export const measureIdle: MeasureRow = async ({ seconds, log }) => {
  const brokers = await startBrokers(1, log)
  const topic = 'idle'
  try {
    await makeTopic(brokers.addresses, topic)
    const server = await startClicktrail({ brokers: brokers.addresses, topic })
    try {
      await wait(settleMs)
      const before = { cpu: cpuSeconds(server.pid), at: performance.now() }
      await wait(6_000 * seconds)
      const percent = (100_000 * (cpuSeconds(server.pid) - before.cpu)) / (performance.now() - before.at)
      return [{ what: 'idle: CPU of a core', value: percent, unit: '%', bounds: atMost(2, 0.5) }]
    } finally {
      await server.stop()
    }
  } finally {
    await brokers.close()
  }
}
