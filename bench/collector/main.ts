import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { resolve } from 'node:path'
import { buildGenerator, bundleServers } from './build.ts'
import { type Figure, tableOf, verdictOf } from './figures.ts'
import { type Flags, type RowName, readFlags, usage } from './options.ts'
import { measureAcks } from './rows/acks.ts'
import { measureHttp } from './rows/http.ts'
import { measureIdle } from './rows/idle.ts'
import { measureLatency } from './rows/latency.ts'
import { measureMemory } from './rows/memory.ts'
import { measureOverload } from './rows/overload.ts'
import { measurePath } from './rows/path.ts'
import type { MeasureRow } from './rows/row.ts'
import { judgeable, machineTimes, stolenShare } from './stolen.ts'

const rows: Record<RowName, MeasureRow> = {
  http: measureHttp,
  path: measurePath,
  latency: measureLatency,
  overload: measureOverload,
  memory: measureMemory,
  idle: measureIdle,
  acks: measureAcks,
}

const log = (line: string) => console.error(line)

async function run(flags: Flags): Promise<void> {
  if (cpus().length < 2) throw new Error('two cores are needed: one for the server, one for the load')
  const profile = flags.profile === undefined ? undefined : resolve(flags.profile)
  if (profile !== undefined) mkdirSync(profile, { recursive: true })
  const bundles = await bundleServers()
  const generator = buildGenerator(flags.headers, bundles, log)
  const figures: Figure[] = []
  const failures: string[] = []
  for (const name of flags.rows) {
    try {
      const before = machineTimes()
      const measured = await rows[name]({ ...flags, profile, bundles, generator, log })
      const stolen = stolenShare(before, machineTimes())
      log(`${name}: the host gave ${(100 * stolen).toFixed(1)} % of the processors' time to others`)
      figures.push(...judgeable(measured, stolen))
    } catch (error) {
      failures.push(`${name}: ${error instanceof Error ? error.message : error}`)
    }
  }
  console.log(tableOf(figures))
  if (flags.json !== undefined) {
    const judged = figures.map(figure => ({ ...figure, verdict: verdictOf(figure) }))
    writeFileSync(flags.json, `${JSON.stringify({ machine: cpus()[0]?.model, figures: judged, failures }, null, 2)}\n`)
  }
  for (const failure of failures) log(`could not measure ${failure}`)
  if (figures.some(figure => verdictOf(figure) === 'missed')) process.exitCode = 1
  if (failures.length > 0) process.exitCode = 2
}

try {
  const flags = readFlags()
  if (flags.help) console.log(usage)
  else await run(flags)
} catch (error) {
  console.error(`bench collector: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 2
}
