import { corpus } from '../bodies.ts'
import { compare, median, ratio, wasStarved } from '../compare.ts'
import { atLeast, type Figure } from '../figures.ts'
import { nodeCommand } from '../node-command.ts'
import { startServer } from '../pinned.ts'
import { profileFlags, writeHotSpots } from '../profile.ts'
import type { MeasureRow } from './row.ts'

/** By the size of a batch, so many that the server never rests: each is held for up to 5 ms, for others to join. */
const connectionsOf = { 1: 256, 10: 128, 50: 64 } as const

const gates = { 1: atLeast(0.5, 0.65), 10: atLeast(0.25, 0.4), 50: atLeast(0.12, 0.2) } as const

/** The HTTP stage with a topic that acknowledges at once, against node:http that only reads the body. */
export const measureHttp: MeasureRow = async options => {
  const { bundles, log, profile } = options
  const figures: Figure[] = []
  for (const events of [1, 10, 50] as const) {
    log(`http: batches of ${events}`)
    // processes of their own for each size: what one taught the compiler doesn't help or harm the next
    const ours = await startServer(nodeCommand('null-topic', bundles, profileFlags(profile, `http-${events}`)))
    const bare = await startServer(nodeCommand('bare', bundles))
    try {
      const results = await compare([bare, ours], {
        ...options,
        samples: corpus({ events }),
        connections: connectionsOf[events],
      })
      const rate = median(results[ours.name]?.map(({ eventsPerSecond }) => eventsPerSecond) ?? [])
      figures.push(
        { what: `HTTP stage, batches of ${events}`, value: rate, unit: 'events/s' },
        {
          what: `HTTP stage against bare, batches of ${events}`,
          value: ratio(results, ours.name, bare.name),
          unit: '',
          bounds: gates[events],
          unsure: wasStarved(results, bare.name),
        },
        {
          what: `the same by CPU time, batches of ${events}`,
          value: ratio(results, ours.name, bare.name, 'eventsPerCpuSecond'),
          unit: '',
        },
      )
    } finally {
      await Promise.all([ours.stop(), bare.stop()])
    }
    if (profile !== undefined) writeHotSpots(profile, `http-${events}`, log)
  }
  return figures
}
