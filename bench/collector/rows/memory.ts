import { execFileSync } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { corpus } from '../bodies.ts'
import { startBrokers } from '../broker.ts'
import { startClicktrail } from '../clicktrail.ts'
import { atMost, type Figure } from '../figures.ts'
import { load } from '../load.ts'
import { anonymousBytes } from '../process-facts.ts'
import { makeTopic } from '../topics.ts'
import type { MeasureRow } from './row.ts'

const rate = 20_000
const sampleMs = 250
/** A record of the corpus, bytes, with what the spool adds: about. */
const recordBytes = 600
const defaultSpoolBytes = 1_024 ** 3

/** RssAnon at 20,000 events/s: with a broker, and without one while the spool fills and is full. */
export const measureMemory: MeasureRow = async ({ generator, seconds, outageMinutes, log }) => {
  const outageSeconds = 60 * outageMinutes
  // in a short outage a smaller spool is full as early as the default one in ten minutes: after a fifth
  const spoolBytes = Math.round(Math.min(defaultSpoolBytes, (rate * outageSeconds * recordBytes) / 5))
  const brokers = await startBrokers(1, log)
  const topic = 'memory'
  try {
    await makeTopic(brokers.addresses, topic)
    // as in deploy/Dockerfile
    const malloc = { MALLOC_ARENA_MAX: '1' }
    const env: Record<string, string> = hasSpool() ? { CLICKTRAIL_SPOOL_MAX_BYTES: String(spoolBytes) } : {}
    if (!hasSpool()) log('memory: this build has no spool: what the broker does not take is refused')
    const server = await startClicktrail({ brokers: brokers.addresses, topic, env: { ...malloc, ...env } })
    const samples = corpus({ events: 10 })
    try {
      const steadySeconds = 6 * seconds
      const total = { seconds: steadySeconds + outageSeconds, warmup: 2 * seconds, connections: 4_096 }
      const loaded = load(generator, server, { samples, rate, ...total })
      await wait(1_000 * total.warmup)
      const steady = await watch(server.pid, steadySeconds)
      log(`memory: steady at most ${mb(steady.maxBytes)} MB; the broker goes away for ${outageSeconds} s`)
      await brokers.stop()
      const filling = await watch(server.pid, outageSeconds / 2)
      const full = await watch(server.pid, outageSeconds / 2)
      const { answers, unsent, unanswered } = await loaded
      const statuses = Object.entries(answers).map(([status, { requests }]) => `${requests} x ${status}`)
      statuses.push(`${unsent} unsent, ${unanswered} unanswered`)
      log(
        `memory: without a broker at most ${mb(Math.max(filling.maxBytes, full.maxBytes))} MB; ${statuses.join(', ')}`,
      )
      // a collector that keeps its clients waiting was not offered what the row asks for
      const unsure = unsent + unanswered > ((total.seconds + total.warmup) * rate) / 10 / 100
      return figuresOf(steady, filling, full).map(figure => ({ ...figure, unsure }))
    } finally {
      await server.stop()
    }
  } finally {
    await brokers.close()
  }
}

interface Watched {
  maxBytes: number
  meanBytes: number
}

async function watch(pid: number, seconds: number): Promise<Watched> {
  const samples: number[] = []
  const endMs = performance.now() + 1_000 * seconds
  while (performance.now() < endMs) {
    samples.push(anonymousBytes(pid))
    await wait(sampleMs)
  }
  return { maxBytes: Math.max(...samples), meanBytes: samples.reduce((sum, one) => sum + one, 0) / samples.length }
}

function figuresOf(steady: Watched, filling: Watched, full: Watched): Figure[] {
  const outage = Math.max(filling.maxBytes, full.maxBytes)
  return [
    { what: 'memory: steady, RssAnon at most', value: mb(steady.maxBytes), unit: 'MB', bounds: atMost(200, 150) },
    { what: 'memory: broker away, RssAnon at most', value: mb(outage), unit: 'MB', bounds: atMost(400, 300) },
    {
      what: 'memory: broker away, mean of the second half over the first (flat: 1)',
      value: full.meanBytes / filling.meanBytes,
      unit: 'x',
      bounds: atMost(1.1),
    },
  ]
}

function hasSpool(): boolean {
  return execFileSync(process.execPath, ['dist/clicktrail.js', 'collector', '--help'], { encoding: 'utf8' }).includes(
    '--spool-max-bytes',
  )
}

const mb = (bytes: number) => Math.round(bytes / 1_048_576)
