import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { seeded } from '../../test/fuzz/random.ts'
import { logFile } from '../../test/stack/folders.ts'
import { until } from '../../test/support/until.ts'
import { type Arrived, arrivedIn, documentIds, rowIds } from './arrived.ts'
import { looksOf } from './looks.ts'
import type { Options } from './options.ts'
import type { Program } from './program.ts'
import { committedOf, isSettled } from './progress.ts'
import { openStage, type Stage } from './stage.ts'
import { type Outcome, progressOf } from './table.ts'
import { makeTrouble, troublesOf } from './trouble.ts'
import { startVisitors, type Visitors } from './visitors.ts'
import { createWitness } from './witness.ts'

export interface Soaked {
  outcome: Outcome
  /** What must not be; empty when all is well. */
  red: string[]
}

const progressMs = 30_000
const memoryMs = 1_000
const metricsMs = 120_000
const fullAuditMs = 600_000
const settleMs = 300_000
/** Writers ask for their lag once in a while, so one look may see an old figure: settled is what so many looks in a row find. */
const settledLooks = 5
const shown = 10

/** Lets visitors come and trouble be made, waits until all has landed, and counts. Tells on standard error how it goes. Rejects when it could not be played to its end. */
export async function soak(options: Options): Promise<Soaked> {
  const stage = await openStage(options)
  const programs = [stage.collector, ...stage.writers.flatMap(({ first, second }) => [first, second]), stage.audit]
  const witness = createWitness(programs, stage.env)
  const troubles = new Map<string, number>()
  try {
    for (const program of [...stage.writers.map(({ first }) => first), stage.collector, stage.audit]) program.start()
    const visitors = startVisitors({ url: stage.url, rate: options.rate, random: seeded(options.seed) })
    const beganMs = Date.now()
    const minutes = () => (Date.now() - beganMs) / 60_000
    const tell = async () => {
      const { hdfs: landed, elasticsearch: searchable } = await committedOf(stage)
      const made = [...troubles.values()].reduce((sum, count) => sum + count, 0)
      const looks = looksOf(stage.audit.output())
      const acknowledged = visitors.acknowledged.size
      console.error(progressOf({ minutes: minutes(), acknowledged, landed, searchable, troubles: made, looks }))
    }
    const ended = new AbortController()
    const play = async () => {
      const untilMs = beganMs + options.minutes * 60_000
      const onBegin = (name: string) => {
        troubles.set(name, (troubles.get(name) ?? 0) + 1)
        console.error(`${minutes().toFixed(1).padStart(5)} min  ${name}`)
      }
      await makeTrouble({ troubles: troublesOf(stage), random: seeded(options.seed + 1), untilMs, onBegin })
      await wait(Math.max(0, untilMs - Date.now()))
      visitors.stop()
      await settle(stage, visitors)
      ended.abort()
    }
    await Promise.all([
      play(),
      every(progressMs, tell, ended.signal),
      every(memoryMs, () => void programs.map(program => program.peakMiB()), ended.signal),
      every(metricsMs, witness.checkMetrics, ended.signal),
      every(fullAuditMs, () => witness.auditAll(false), ended.signal),
    ])
    await witness.auditAll(true)
    await witness.checkMetrics()
    const looks = looksOf(stage.audit.output())
    const { acknowledged } = visitors
    const arrived = [
      await arrivedIn('HDFS', rowIds(options.hdfs, stage.table), acknowledged),
      await arrivedIn('Elasticsearch', documentIds(options.elasticsearch, stage.topic), acknowledged),
    ]
    const failures = programs.flatMap(program => program.failures)
    const outcome: Outcome = {
      minutes: options.minutes,
      seed: options.seed,
      acknowledged: acknowledged.size,
      refused: visitors.refused(),
      resent: visitors.resent(),
      delays: visitors.delays,
      troubles,
      looks,
      fullAudits: witness.fullAudits(),
      falseAlarms: looks.alarms + witness.alarms(),
      arrived,
      peakMiB: new Map(programs.map(program => [program.name, program.peakMiB()])),
      checked: witness.checkedMetrics(),
      checkedBy: witness.checkedBy,
    }
    return { outcome, red: [looks.said, visitors.wrong, failures, witness.red, arrived.flatMap(redOf)].flatMap(few) }
  } finally {
    keepLogs(programs)
    await stage.close()
  }
}

/** Where an operator of the stack looks for logs; a soak's replace those of the one before. */
function keepLogs(programs: readonly Program[]): void {
  mkdirSync(dirname(logFile('soak')), { recursive: true })
  for (const { name, output } of programs) writeFileSync(logFile(`soak-${name.replaceAll(' ', '-')}`), output())
}

async function every(ms: number, work: () => Promise<void> | void, signal: AbortSignal): Promise<void> {
  for (;;) {
    await wait(ms, undefined, { signal }).catch(() => {})
    if (signal.aborted) return
    await work()
  }
}

async function settle(stage: Stage, visitors: Visitors): Promise<void> {
  const isEmpty = () => visitors.onTheirWay() === 0
  await until(isEmpty, { what: 'the visitors to be answered', timeoutMs: settleMs, everyMs: 500 })
  let looks = 0
  const isStill = async () => {
    looks = (await isSettled(stage)) ? looks + 1 : 0
    return looks === settledLooks
  }
  await until(isStill, { what: 'all to land', timeoutMs: settleMs, everyMs: 1_000 })
}

/** The first of some lines, and how many there are more. */
function few(lines: readonly string[]): string[] {
  return lines.length <= shown ? [...lines] : [...lines.slice(0, shown), `… and ${lines.length - shown} more like it`]
}

function redOf({ storage, ...arrived }: Arrived): string[] {
  return (['lost', 'doubled', 'unknown'] as const)
    .filter(what => arrived[what].length > 0)
    .map(what => `${arrived[what].length} ${what} in ${storage}: ${arrived[what].slice(0, shown).join(', ')}`)
}
