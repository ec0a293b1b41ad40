import type { Sample } from './bodies.ts'
import { acknowledgedPerSecond, type Generator, load, mustAcknowledge } from './load.ts'
import type { Server } from './pinned.ts'
import { cpuSeconds } from './process-facts.ts'

/** One round of one server under as much load as it takes. */
export interface Round {
  /** Acknowledged. */
  events: number
  eventsPerSecond: number
  /** By the CPU time of the server: on an idle machine the same, on a busy one what is still to be trusted. */
  eventsPerCpuSecond: number
  /** CPU time of the server by time on the clock: well below 1, it did not have the core for itself, or the load was too slow. */
  busy: number
}

/** Each server's rounds, the same index measured right after one another. */
export type Comparison = Record<string, Round[]>

export interface CompareOptions {
  generator: Generator
  samples: readonly Sample[]
  seconds: number
  rounds: number
  /** @default 64 */
  connections?: number
  /** Seconds of load on each server before the first round. @default three times `seconds` */
  warmup?: number
  log(line: string): void
}

/** Loads the servers in turn, each round beginning with another one; all but the one under load stand still. */
export async function compare(servers: readonly Server[], options: CompareOptions): Promise<Comparison> {
  const { generator, samples, seconds, rounds, log, connections = 64, warmup = 3 * seconds } = options
  const results: Comparison = {}
  for (const server of servers) server.pause()
  for (let round = 0; round < rounds; round++) {
    const first = round % servers.length
    for (const server of [...servers.slice(first), ...servers.slice(0, first)]) {
      server.resume()
      // what is compiled at run time takes its time: a JVM on one core half a minute
      if (round === 0) await load(generator, server, { samples, seconds: warmup, warmup: 0, connections })
      const before = { cpu: cpuSeconds(server.pid), at: performance.now() }
      const report = await load(generator, server, { samples, seconds, warmup: 0.3, connections })
      const used = cpuSeconds(server.pid) - before.cpu
      const busy = used / ((performance.now() - before.at) / 1_000)
      server.pause()
      mustAcknowledge(server, report)
      const measured = {
        events: report.allEvents,
        eventsPerSecond: acknowledgedPerSecond(report),
        eventsPerCpuSecond: report.allEvents / used,
        busy,
      }
      results[server.name] = [...(results[server.name] ?? []), measured]
      const ofCpu = `${perSecond(measured.eventsPerCpuSecond)} of CPU, of which it had ${Math.round(busy * 100)} %`
      log(`${server.name}: ${perSecond(measured.eventsPerSecond)}, ${ofCpu}`)
    }
  }
  for (const server of servers) server.resume()
  return results
}

/** The median of the rounds' ratios: paired, so that what slows the machine slows both. */
export function ratio(
  results: Comparison,
  name: string,
  base: string,
  by: 'eventsPerSecond' | 'eventsPerCpuSecond' = 'eventsPerSecond',
): number {
  const others = results[base] ?? []
  return median((results[name] ?? []).map((round, i) => round[by] / (others[i]?.[by] ?? Number.NaN)))
}

/** Whether a server that should have been saturated had less than 85 % of its core: the machine was busy, or the load too slow. */
export function wasStarved(results: Comparison, name: string): boolean {
  return median((results[name] ?? []).map(({ busy }) => busy)) < 0.85
}

/** NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

const perSecond = (value: number) => `${Math.round(value).toLocaleString('en-US')} events/s`
