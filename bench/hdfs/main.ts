import { z } from 'zod'
import { type Figure, tableOf, verdictOf } from '../collector/figures.ts'
import { askChild } from './child.ts'
import { serveFake } from './fake-server.ts'
import { type Flags, type RowName, readFlags, servers, usage } from './options.ts'
import { recordBytes } from './records.ts'
import { bound } from './rows/bound.ts'
import { intoFake, intoMemory, intoReal } from './rows/landing.ts'
import { latency } from './rows/latency.ts'
import { partitions } from './rows/partitions.ts'
import { recovery } from './rows/recovery.ts'
import { restart } from './rows/restart.ts'

const rows: Record<RowName, (thousands: number | undefined) => Promise<Figure[]>> = {
  bound,
  'memory-store': intoMemory,
  fake: intoFake,
  real: intoReal,
  partitions,
  recovery,
  restart,
  latency,
}

const figuresSchema: z.ZodType<Figure[]> = z.array(z.custom<Figure>(value => typeof value === 'object'))

async function measure({ only, thousands }: Flags): Promise<void> {
  const figures: Figure[] = []
  for (const name of only) {
    console.error(`${new Date().toISOString().slice(11, 19)} ${name}`)
    const count = thousands === undefined ? [] : [String(thousands)]
    figures.push(...(await askChild(['--row', name, ...count], figuresSchema)))
  }
  const where = `records of ${recordBytes.toFixed(0)} B, HDFS ${servers.hdfsUrls ? 'real' : 'left out'}, Kafka ${servers.brokers ? 'real' : 'left out'}`
  console.log(`${where}\n\n${tableOf(figures)}`)
  if (figures.some(figure => verdictOf(figure) === 'missed')) process.exitCode = 1
}

async function runRow(name: string, thousands: string | undefined): Promise<void> {
  const row = Object.entries(rows).find(([key]) => key === name)?.[1]
  // Whoever asked is gone.
  process.once('disconnect', () => process.exit())
  process.send?.(await row?.(thousands === undefined ? undefined : Number(thousands)), () => process.exit())
}

const [role, value = '', count] = process.argv.slice(2)
try {
  if (role === '--serve-fake') await serveFake(Number(value))
  else if (role === '--row') await runRow(value, count)
  else {
    const flags = readFlags(process.argv.slice(2))
    if (flags.help) console.log(usage)
    else await measure(flags)
  }
} catch (error) {
  console.error(error)
  process.exitCode = 2
  process.disconnect?.()
}
