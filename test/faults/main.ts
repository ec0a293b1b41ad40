import { Command, InvalidArgumentError } from 'commander'
import { backwards } from './fakes/backwards.ts'
import { controls } from './fakes/controls.ts'
import { faults } from './fakes/faults.ts'
import { onFakes } from './fakes/play.ts'
import type { Fault } from './fault.ts'
import { realFaults } from './real/faults.ts'
import { countedByHive } from './real/hive.ts'
import { type LandedTable, onServers } from './real/play.ts'
import { type ServerCount, serverCounts, startServers } from './real/servers.ts'
import { runFault, type Tally, tableOf } from './tally.ts'

interface Options {
  seeds: number
  seed: number
  only?: string[]
  except?: string[]
  atOnce: number
  real?: true
  short?: true
}

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It takes a whole number.')
  return Number(text)
}

const program = new Command('npm run test:faults --')
  .description(
    `Runs the writers through everything that may go wrong and holds what is landed to the topic: every offset lands once, is a counted
copy, a dead letter, or written down as gone. Writers that are known to be wrong run too, and have to be caught.
Ends with 1 when a row is red. A seed decides what happens; when, is the machine's too: a red seed may need a few repetitions.`,
  )
  .option('--seeds <n>', 'runs of each fault', whole, 8)
  .option('--seed <n>', 'the first seed', whole, Date.now() % 1_000_000)
  .option('--only <text...>', 'only faults with one of these in their name')
  .option('--except <text...>', 'and none with one of these in their name')
  .option(
    '--real',
    'then each fault once with real writers on Kafka, HDFS, Hive and Elasticsearch, which it starts for itself (Java 17, Maven)',
  )
  .option('--short', 'real trouble lasts 20 s at most, and Hive counts nothing')
  .option('--at-once <n>', 'faults that run side by side', whole, 4)

const startedMs = Date.now()
const progress = (line: string) =>
  console.error(`${((Date.now() - startedMs) / 1_000).toFixed(0).padStart(4)} s  ${line}`)

/** All of them, some at a time, in the order of the list. */
async function runAll(jobs: readonly (() => Promise<Tally>)[], atOnce: number): Promise<Tally[]> {
  const tallies: Tally[] = []
  const work = jobs.entries()
  const workOff = async () => {
    for (const [index, job] of work) {
      const tally = await job()
      tallies[index] = tally
      progress([`${tally.red.length > 0 ? 'RED' : 'ok '} ${tally.name}`, ...tally.red].join('\n        '))
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, atOnce) }, workOff))
  return tallies
}

type Wanted = (one: { name: string }) => boolean

function runFakes({ seeds, seed, atOnce }: Options, wanted: Wanted): Promise<Tally[]> {
  const job =
    (fault: Fault, control = false) =>
    () =>
      runFault(fault, { seeds, seed, control })
  const jobs = [
    ...[...faults.map(onFakes), ...backwards].filter(wanted).map(fault => job(fault)),
    ...controls.filter(wanted).map(({ name, fault }) => job({ ...onFakes(fault), name }, true)),
  ]
  progress(`${jobs.length} faults on fakes, ${seeds} seeds each from ${seed} on`)
  return runAll(jobs, atOnce)
}

/** One after the other: they share servers, which they end. */
async function runReal(count: ServerCount, { seed, short }: Options, wanted: Wanted): Promise<Tally[]> {
  const chosen = realFaults.filter(
    ({ servers = 'one', name }) => servers === count && wanted({ name: `real: ${name}` }),
  )
  if (chosen.length === 0) return []
  progress(`${count === 'one' ? 'one real server of each kind is' : 'several real servers of each kind are'} starting`)
  let servers = await startServers(count)
  try {
    const tables: LandedTable[] = []
    const mostMs = short ? 20_000 : Number.POSITIVE_INFINITY
    const real = chosen.map(fault => onServers(fault, { servers: () => servers, mostMs, tables }))
    if (!short && chosen.some(({ sink }) => sink !== 'elasticsearch'))
      real.push(countedByHive(`real: counted by Hive, ${count} of each`, tables, () => servers.hdfs.active().rpc))
    progress(`${real.length} faults on real servers, the seed is ${seed}`)
    const flags = short ? ' --real --short' : ' --real'
    const job = (fault: Fault) => async () => {
      const tally = await runFault(fault, { seeds: 1, seed, flags })
      if (tally.red.length === 0) return tally
      // It may have left one of them ended, and what it landed is not to be counted.
      await servers.close()
      servers = await startServers(count)
      tables.length = 0
      return tally
    }
    return await runAll(real.map(job), 1)
  } finally {
    await servers.close()
  }
}

async function run(options: Options): Promise<void> {
  const { only = [''], except = [] } = options
  const wanted = ({ name }: { name: string }) =>
    only.some(text => name.includes(text)) && !except.some(text => name.includes(text))
  const tallies = await runFakes(options, wanted)
  if (options.real) for (const count of serverCounts) tallies.push(...(await runReal(count, options, wanted)))
  console.log(tableOf(tallies))
  if (tallies.length === 0) console.error(`no fault has "${only.join('" or "')}" in its name`)
  process.exit(tallies.length === 0 || tallies.some(tally => tally.red.length > 0) ? 1 : 0)
}

// Else nobody would end the servers that were started: they have process groups of their own.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
program.action(run)
await program.parseAsync()
