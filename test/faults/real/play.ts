import { checkTable } from '../../../consumers/hdfs/check/check.ts'
import { createWebHdfsStore } from '../../../consumers/hdfs/webhdfs/store.ts'
import type { Fault, Outcome } from '../fault.ts'
import { judge } from '../judge.ts'
import type { Mixture } from '../values.ts'
import { readTopic } from './read-topic.ts'
import type { ServerCount, Servers } from './servers.ts'
import { openRealWorld, type RealWorld } from './world.ts'

export interface RealFault {
  name: string
  mixture?: Mixture
  /** @default 'hdfs' */
  sink?: 'hdfs' | 'elasticsearch'
  /** How long records come in a full run. @default 30_000 */
  lengthMs?: number
  /** @default 'one' */
  servers?: ServerCount
  /** How many run from the beginning. @default 2 */
  writers?: number
  /** Before a writer runs. @default nothing */
  before?: (world: RealWorld) => Promise<void>
  /** Made again and again while records come. */
  trouble(world: RealWorld): Promise<void>
  /** When records have ceased to come: what is still wrong is mended. @default nothing */
  after?: (world: RealWorld) => Promise<void>
}

/** What a run has left in HDFS, for whoever counts it with other means. */
export interface LandedTable {
  table: string
  rows: number
}

export interface RealOptions {
  /** Those that run now. */
  servers: () => Servers
  /** Records come no longer than that. */
  mostMs: number
  /** Gets what each run has landed. */
  tables: LandedTable[]
}

/** A run with real writers on real servers: trouble for so long, then peace; in the end every offset is where it belongs. */
export function onServers(fault: RealFault, options: RealOptions): Fault {
  const { servers, tables, mostMs } = options
  const lengthMs = Math.min(fault.lengthMs ?? 30_000, mostMs)
  return {
    name: `real: ${fault.name}`,
    async run(seed) {
      const world = await openRealWorld(servers(), seed, fault)
      try {
        await fault.before?.(world)
        for (let count = 0; count < (fault.writers ?? 2); count++) await world.startOne()
        await world.feed(lengthMs, () => fault.trouble(world))
        await fault.after?.(world)
        if (world.writers.length === 0) await world.startOne()
        await world.settle()
        const outcome = await outcomeOf(world)
        if (world.sink === 'hdfs') tables.push({ table: world.table, rows: (await world.landed()).rows.length })
        return outcome
      } finally {
        await world.close()
      }
    },
  }
}

async function outcomeOf(world: RealWorld): Promise<Outcome> {
  const { topic, table, servers, generation } = world
  const kept = await readTopic(servers.kafka, topic)
  const log = kept.map((records, partition) => [...(world.deleted[partition] ?? []), ...records])
  const dead = (await readTopic(servers.kafka, `${topic}-dlq`)).flat()
  const deadLetters = dead.map(({ headers }) => ({
    partition: Number(headers['__connect.errors.partition']),
    offset: Number(headers['__connect.errors.offset']),
  }))
  const chained = world.sink === 'hdfs'
  const verdict = judge({ log, landed: await world.landed(), deadLetters, generation, chained })
  if (!chained) return { ...verdict, happened: world.happened, wrong: [...world.wrong, ...verdict.wrong] }
  const store = createWebHdfsStore({ urls: servers.hdfs.urls, user: 'clicktrail', path: table })
  const { problems } = await checkTable({ store, topic })
  const damage = problems.filter(problem => problem.damage)
  const checked = damage.map(({ kind, path, what }) => `hdfs check: ${kind} ${path}: ${what}`)
  return { ...verdict, happened: world.happened, wrong: [...world.wrong, ...verdict.wrong, ...checked] }
}
