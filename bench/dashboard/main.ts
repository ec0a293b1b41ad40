import { panels } from '../../dashboard/api.ts'
import { readyQueries } from '../../dashboard/ready-queries.ts'
import { answerOf, rowsOf } from './ask.ts'
import { firstPaints } from './first-paint.ts'
import { type Options, optionsOf, usage } from './options.ts'
import { takePictures } from './pictures.ts'
import { serveMonth } from './served-month.ts'

const ranges = ['day', 'week', 'month', 'all'] as const
const paintLimitMs = 1_000
const panelLimitMs = 500
/** The SQL box stops a query after 5 s, on slower machines than this one too. */
const queryLimitMs = 2_500
const queries = [...readyQueries, { title: 'All of loss', sql: 'SELECT * FROM loss' }]

interface Figures {
  events: number
  importMs: number
  firstPaintMs: number[]
  /** Panel and range → milliseconds, each round. */
  panels: Record<string, number[]>
  /** Query of the SQL box → milliseconds, each round. */
  queries: Record<string, number[]>
}

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  let options: Options
  try {
    options = optionsOf(args)
  } catch (error) {
    console.error(`bench dashboard: ${error instanceof Error ? error.message : error}\n\n${usage}`)
    return 2
  }
  if (options.help) {
    console.log(usage)
    return 0
  }
  if (options.pictures !== undefined) {
    await takePictures(options.pictures, options.events)
    return 0
  }
  const figures = await measure(options)
  console.log(options.json ? JSON.stringify(figures, null, 2) : tableOf(figures))
  const isSlow = (limitMs: number) => (times: readonly number[]) => median(times) > limitMs
  const slow = [
    isSlow(paintLimitMs)(figures.firstPaintMs),
    Object.values(figures.panels).some(isSlow(panelLimitMs)),
    Object.values(figures.queries).some(isSlow(queryLimitMs)),
  ]
  return slow.includes(true) ? 1 : 0
}

async function measure({ events, rounds }: Options): Promise<Figures> {
  const { url, importMs, close } = await serveMonth({ events, nowMs: Date.now() })
  try {
    const times: Record<string, number[]> = {}
    for (const panel of panels)
      for (const range of ranges) {
        if (panel === 'completeness' && range !== 'all') continue
        const address = `${url}/api/panel/${panel}?range=${range}`
        times[`${panel} ${range}`] = await timesOf(() => answerOf(address), rounds)
      }
    const asked: Record<string, number[]> = {}
    for (const { title, sql } of queries) asked[title] = await timesOf(() => rowsOf(url, sql), rounds)
    return { events, importMs, firstPaintMs: await firstPaints(url, rounds), panels: times, queries: asked }
  } finally {
    await close()
  }
}

async function timesOf(ask: () => Promise<unknown>, rounds: number): Promise<number[]> {
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const began = performance.now()
    await ask()
    times.push(performance.now() - began)
  }
  return times
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN
}

function tableOf({ events, importMs, firstPaintMs, panels, queries }: Figures): string {
  const line = (name: string, times: readonly number[]) =>
    `${name.padEnd(28)}${String(Math.round(median(times))).padStart(8)}${String(Math.round(Math.max(...times))).padStart(8)}`
  return [
    `${events} events, imported in ${Math.round(importMs / 100) / 10} s`,
    `${'milliseconds'.padEnd(28)}${'median'.padStart(8)}${'most'.padStart(8)}`,
    line('first paint', firstPaintMs),
    ...Object.entries({ ...panels, ...queries }).map(([name, times]) => line(name, times)),
  ].join('\n')
}
