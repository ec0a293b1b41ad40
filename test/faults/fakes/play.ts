import { checkTable } from '../../../consumers/hdfs/check/check.ts'
import { createWebHdfsStore } from '../../../consumers/hdfs/webhdfs/store.ts'
import type { Fault, Outcome } from '../fault.ts'
import { judge } from '../judge.ts'
import { openWorld, type World, type WorldOptions } from './world.ts'
import { table } from './writer.ts'

export interface FakeFault {
  name: string
  world?: WorldOptions
  /** Before the first record. @default nothing */
  before?: (world: World) => Promise<void>
  /** Made again and again while records come. */
  trouble(world: World): Promise<void>
  /** When records have ceased to come: what is still wrong is mended. @default nothing */
  after?: (world: World) => Promise<void>
}

const writers = 3

/** A run: writers at work, trouble, then peace; in the end every offset is where it belongs. */
export function onFakes(fault: FakeFault): Fault {
  return {
    name: fault.name,
    async run(seed) {
      const world = await openWorld(seed, fault.world)
      try {
        for (let count = 0; count < writers; count++) await world.startOne()
        await fault.before?.(world)
        await world.feed(() => fault.trouble(world))
        await fault.after?.(world)
        await restorePeace(world)
        await world.settle()
        return await outcomeOf(world)
      } finally {
        await world.end()
      }
    },
  }
}

/** Everything serves, nobody is stopped, and somebody writes. */
export async function restorePeace(world: World): Promise<void> {
  world.group.away = false
  world.letters.become = 'taken'
  await world.hdfs.calm()
  world.elasticsearch?.faults.splice(0)
  for (const writer of world.writers) writer.gate.go()
  await Promise.all(world.writers.map(writer => writer.member.hear()))
  if (world.writers.length === 0) await world.startOne()
}

/** What the log, the files and the dead letters say of each other, and what `clicktrail hdfs check` says of the table. */
export async function outcomeOf(world: World): Promise<Outcome> {
  const log = Array.from({ length: world.log.partitions() }, (_, partition) => world.log.records(partition))
  const { generation } = world
  const chained = world.elasticsearch === undefined
  const verdict = judge({ log, landed: world.landed(), deadLetters: world.letters.origins(), generation, chained })
  return {
    ...verdict,
    happened: world.happened,
    wrong: [...world.wrong, ...verdict.wrong, ...(await problemsOf(world))],
  }
}

async function problemsOf({ hdfs, log, elasticsearch }: World): Promise<string[]> {
  if (elasticsearch) return []
  const store = createWebHdfsStore({ urls: hdfs.urls, user: 'clicktrail', path: table })
  const { problems } = await checkTable({ store, topic: log.topic })
  return problems
    .filter(problem => problem.damage)
    .map(({ kind, path, what }) => `hdfs check: ${kind} ${path}: ${what}`)
}
