import { setTimeout as wait } from 'node:timers/promises'
import type { Tab, Visitor } from './browser.ts'
import type { Collector, Mode } from './collector.ts'
import { countOf } from './count.ts'
import type { Site } from './site.ts'
import { labAction, type Tracker } from './tracker.ts'
import { within } from './within.ts'

/** What a scenario plays with. */
export interface Stage {
  tracker: Tracker
  site: Site
  collector: Collector
  visitor: Visitor
  /** Marks start with it; no two visits share one. */
  prefix: string
  /** How long the visitor reads before the first click: what a tracker does by the clock falls differently in each visit. */
  readMs: number
}

/** What a visit made. */
export interface Visit {
  /** One an event, in the order of the clicks. */
  marks: string[]
  /** Keys left in localStorage at the end, where the scenario looks. */
  left?: number
}

/** Plays one visit, and returns when everything has come or has had its time. */
export type Scenario = (stage: Stage) => Promise<Visit>

const busyMs = 4_000
const clickPauseMs = 300
const flapMs = 1_000
const flaps: readonly Mode[] = ['healthy', 'busy', 'cut', 'mute']
const tabs = 4
const rounds = 50
const eventsEachRound = 10

/** The visitor clicks three things, and at once a link to another site. */
async function link(stage: Stage): Promise<Visit> {
  const tab = await readPage(stage)
  const marks = await clickAll(stage, tab, ['c1', 'c2', 'c3', 'leave'])
  await delivery(stage, marks, 4_000)
  return { marks }
}

/** The tab is closed right after the last click. */
async function close(stage: Stage): Promise<Visit> {
  const tab = await readPage(stage)
  const marks = await clickAll(stage, tab, ['c1', 'c2', 'c3', 'c4'])
  await tab.close()
  await delivery(stage, marks, 4_000)
  return { marks }
}

/** The collector answers 503 for 4 s, in which the visitor clicks on; then the visitor stays for up to 20 s. */
async function busy(stage: Stage): Promise<Visit> {
  const tab = await readPage(stage)
  stage.collector.mode = 'busy'
  const over = wait(busyMs).then(() => {
    stage.collector.mode = 'healthy'
  })
  const marks: string[] = []
  for (const id of ['c1', 'c2', 'c3', 'c4', 'c5', 'c6']) {
    marks.push(...(await clickAll(stage, tab, [id])))
    await wait(500)
  }
  await over
  await delivery(stage, marks, 20_000)
  return { marks }
}

/** Connections are cut until the visitor has left with at least one failure; later the visitor comes back for up to 15 s. */
async function offline(stage: Stage): Promise<Visit> {
  const { collector, site, visitor, prefix } = stage
  const tab = await readPage(stage)
  collector.mode = 'cut'
  const before = collector.arrivals().length
  const marks = await clickAll(stage, tab, ['c1', 'c2', 'c3', 'c4'])
  const failed = await within(15_000, () => collector.arrivals().length > before)
  if (!failed) throw new Error(`${stage.tracker.name} has tried nothing in 15 s`)
  // The page learns of it later than the collector: browsers try once more on a fresh connection.
  await wait(500)
  await tab.close()
  await wait(1_000)
  collector.mode = 'healthy'
  await visitor.open(site.page(`${prefix}-again`))
  await delivery(stage, marks, 15_000)
  return { marks }
}

/** Four tabs of one origin make 500 events each in about 6 s; the collector flaps for 12 s, and then has up to 60 s. */
async function fourTabs(stage: Stage): Promise<Visit> {
  const { collector, site, visitor, prefix } = stage
  const open = await Promise.all(Array.from({ length: tabs }, () => visitor.open(site.page(prefix))))
  const flapping = flap(collector)
  const marks: string[] = []
  for (let round = 0; round < rounds; round++) {
    await Promise.all(
      open.map(async (tab, index) => {
        const made = Array.from({ length: eventsEachRound }, (_, k) => `${prefix}-${index}-${round}-${k}`)
        marks.push(...made)
        await tab.evaluate(`for (const mark of ${JSON.stringify(made)}) lab('${labAction}', mark)`)
      }),
    )
    await wait(100)
  }
  await flapping
  await delivery(stage, marks, 60_000)
  let left = 0
  await within(10_000, async () => {
    left = Number(await open[0]?.evaluate('localStorage.length'))
    return left === 0
  })
  return { marks, left }
}

/** By the name that the command line uses. */
export const scenarios = { link, close, busy, offline, tabs: fourTabs } satisfies Record<string, Scenario>

export type ScenarioName = keyof typeof scenarios

async function readPage({ visitor, site, prefix, readMs }: Stage): Promise<Tab> {
  const tab = await visitor.open(site.page(prefix))
  await wait(readMs)
  return tab
}

/** One after the other, the last one at once. */
async function clickAll({ prefix }: Stage, tab: Tab, ids: readonly string[]): Promise<string[]> {
  for (const [index, id] of ids.entries()) {
    if (index > 0 && index < ids.length - 1) await wait(clickPauseMs)
    await tab.click(`#${id}`)
  }
  return ids.map(id => `${prefix}-${id}`)
}

/** Waits until all is stored without a gap, or `ms` are over; then a moment more, in which a copy too many would come. */
async function delivery({ tracker, collector }: Stage, marks: readonly string[], ms: number): Promise<void> {
  await within(ms, () => {
    const { tracked, delivered, gaps } = countOf(tracker, collector.arrivals(), marks)
    return delivered === tracked && !gaps
  })
  await wait(1_000)
}

async function flap(collector: Collector): Promise<void> {
  for (const mode of [...flaps, ...flaps, ...flaps]) {
    collector.mode = mode
    await wait(flapMs)
  }
  collector.mode = 'healthy'
}
