import type { Browser } from 'playwright-core'
import type { Peer } from '../peers/peer.ts'
import { measureClicks } from './click-time.ts'
import { median, quantile } from './quantile.ts'
import type { Row } from './row.ts'
import { measureScriptWork } from './script-work.ts'
import { openStage, type Stage } from './stage.ts'
import type { ScriptWork } from './trace.ts'
import { measureTraffic } from './traffic.ts'
import { weigh } from './weight.ts'

interface MeasureOptions {
  /** Page loads a peer for the start-up time. */
  loads: number
  log(line: string): void
}

const clicks = 60

/** Measures all `peers`, a row each, in their order: traffic side by side, CPU times one after the other. */
export async function measure(browser: Browser, peers: readonly Peer[], options: MeasureOptions): Promise<Row[]> {
  const stages = await Promise.all(peers.map(openStage))
  try {
    options.log(`traffic of ${stages.length} visits`)
    const traffic = await Promise.all(stages.map(stage => measureTraffic(browser, stage)))
    const clickUs = await clickTimes(browser, stages, options)
    const work = await scriptWorks(browser, stages, options)
    const plausible = stages.find(({ peer }) => peer.name === 'plausible')
    const yardstick = plausible && work.get(plausible)
    return await Promise.all(
      stages.map(async (stage, i): Promise<Row> => {
        const loads = work.get(stage) ?? []
        const sent = traffic[i]
        if (!sent) throw new Error(`no traffic of ${stage.peer.name}`)
        return {
          name: stage.peer.name,
          version: stage.peer.version,
          ...(await weigh(stage.peer)),
          ...sent,
          clickMedianUs: median(clickUs.get(stage) ?? []),
          clickP95Us: quantile(clickUs.get(stage) ?? [], 0.95),
          startMs: median(loads.map(startMs)),
          startRatio: yardstick && ratioOf(loads, yardstick, startMs),
          scriptMs: median(loads.map(scriptMs)),
          scriptRatio: yardstick && ratioOf(loads, yardstick, scriptMs),
          visitMs: median(loads.map(load => load.visitMs)),
          longTasks: Math.max(...loads.map(load => load.longTasks)),
          forcedLayouts: Math.max(...loads.map(load => load.forcedLayouts)),
          claims: stage.peer.claims,
        }
      }),
    )
  } finally {
    for (const { site, collector } of stages) {
      site.close()
      collector.close()
    }
  }
}

const startMs = (load: ScriptWork) => load.startMs
const scriptMs = (load: ScriptWork) => load.startMs - load.startLayoutMs

/** Median of the loads' ratios, each by the load of its own round. */
function ratioOf(
  loads: readonly ScriptWork[],
  yardstick: readonly ScriptWork[],
  ms: (load: ScriptWork) => number,
): number {
  return median(
    loads.map((load, round) => {
      const other = yardstick[round]
      return other ? ms(load) / ms(other) : Number.NaN
    }),
  )
}

/** In rounds, so that what disturbs the machine disturbs all alike. */
async function clickTimes(browser: Browser, stages: readonly Stage[], { log }: MeasureOptions) {
  const times = new Map<Stage, number[]>()
  for (const round of [1, 2]) {
    for (const stage of stages) {
      log(`click handler, round ${round} of 2: ${stage.peer.name}`)
      times.set(stage, [...(times.get(stage) ?? []), ...(await measureClicks(browser, stage, clicks / 2))])
    }
  }
  return times
}

/** Every peer once a round, each round begun by another one, so that nobody always follows the same one or a pause. */
async function scriptWorks(browser: Browser, stages: readonly Stage[], { loads, log }: MeasureOptions) {
  const work = new Map<Stage, ScriptWork[]>()
  for (let load = 1; load <= loads; load++) {
    log(`start-up, load ${load} of ${loads}`)
    const first = load % stages.length
    for (const stage of [...stages.slice(first), ...stages.slice(0, first)])
      work.set(stage, [...(work.get(stage) ?? []), await measureScriptWork(browser, stage)])
  }
  return work
}
