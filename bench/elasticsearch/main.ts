import { z } from 'zod'
import { type Figure, tableOf, verdictOf } from '../collector/figures.ts'
import { askChild } from '../hdfs/child.ts'
import { recordBytes } from '../hdfs/records.ts'
import { serveBulks } from './bulk-server.ts'
import { type Flags, type RowName, readFlags, servers, usage } from './options.ts'
import { fake } from './rows/fake.ts'
import { latency } from './rows/latency.ts'
import { real } from './rows/real.ts'
import { storm } from './rows/storm.ts'
import { stuck } from './rows/stuck.ts'

const rows: Record<RowName, (flags: Flags) => Promise<Figure[]>> = { fake, storm, stuck, real, latency }

const figuresSchema: z.ZodType<Figure[]> = z.array(z.custom<Figure>(value => typeof value === 'object'))

/** Half of what the writer got from Kafka, if that was measured before. */
function halfOf(figures: readonly Figure[]): string[] {
  const rate = figures.find(({ what }) => what.startsWith('Kafka to Elasticsearch'))?.value
  return rate === undefined ? [] : ['--rate', String(Math.round(rate / 2))]
}

async function measure({ only, rate }: Flags, args: string[]): Promise<void> {
  const figures: Figure[] = []
  for (const name of only) {
    console.error(`${new Date().toISOString().slice(11, 19)} ${name}`)
    const load = rate === undefined ? halfOf(figures) : []
    figures.push(...(await askChild(['--row', name, ...args, ...load], figuresSchema)))
  }
  const there = (server: unknown) => (server ? 'real' : 'left out')
  const where = `records of ${recordBytes.toFixed(0)} B, Elasticsearch ${there(servers.elasticsearchUrl)}, Kafka ${there(servers.brokers)}`
  console.log(`${where}\n\n${tableOf(figures)}`)
  if (figures.some(figure => verdictOf(figure) === 'missed')) process.exitCode = 1
}

const args = process.argv.slice(2)
const [role, value = ''] = args
try {
  if (role === '--serve') await serveBulks(value)
  else if (role === '--row') {
    const row = Object.entries(rows).find(([name]) => name === value)?.[1]
    process.send?.(await row?.(readFlags(args.slice(2))), () => process.exit())
  } else {
    const flags = readFlags(args)
    if (flags.help) console.log(usage)
    else await measure(flags, args)
  }
} catch (error) {
  console.error(error)
  process.exitCode = 2
  process.disconnect?.()
}
