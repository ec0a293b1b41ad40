import type { LogRecord } from '../../../topic/topic.ts'
import type { Random } from '../../fuzz/random.ts'
import { until } from '../../support/until.ts'
import type { Fault } from '../fault.ts'
import { judge } from '../judge.ts'
import { createValues, goodAction } from '../values.ts'
import { offsetReset } from './offset-reset.ts'
import { outcomeOf } from './play.ts'
import { openWorld, type World } from './world.ts'

/** The second life of a partition: how long it is, and how much of the first it still has. */
const lives = {
  'made again with fewer records': (high: number, random: Random) => ({ kept: 0, length: random.below(high) }),
  'made again with as many records': (high: number) => ({ kept: 0, length: high }),
  'made again with more records': (high: number, random: Random) => ({ kept: 0, length: high + 1 + random.below(60) }),
  'unclean election': (high: number, random: Random) => {
    const kept = random.below(high)
    return { kept, length: kept + random.below(high + 20 - kept) }
  },
} as const

/** Another event under the id of one that does not lie at that offset, where it would be taken for that one; undefined else. */
function eventUnder(text: string, { at, first }: { at: number; first: readonly LogRecord[] }): Buffer | undefined {
  const isEvent =
    String(first[at]?.value) !== text && text.includes(`"${goodAction}"`) && text.includes('"color":"red"')
  return isEvent ? Buffer.from(text.replace('"color":"red"', `"color":"blue ${at}"`)) : undefined
}

/** Some of its events have ids of the first, elsewhere on the log. */
function secondLife(
  first: readonly LogRecord[],
  random: Random,
  life: keyof typeof lives,
  usedIds: boolean,
): LogRecord[] {
  const { kept, length } = lives[life](first.length, random)
  const next = createValues(random, {}, 2)
  // Later than all of the first: of two records that have no name, only the time says that they are not the same.
  const timestampMs = (first.at(-1)?.timestampMs ?? 0) + 1
  const made = Array.from({ length: length - kept }, (_, index) => {
    const used =
      usedIds && random.once(6) ? eventUnder(String(random.pick(first).value), { at: kept + index, first }) : undefined
    return { value: used ?? next(0), offset: 0, timestampMs }
  })
  return [...first.slice(0, kept), ...made]
}

const storageOf = (world: World, partition: number) =>
  world.elasticsearch
    ? JSON.stringify([...world.elasticsearch.documents].filter(([, { _source }]) => partitionOf(_source) === partition))
    : JSON.stringify(world.landed().rows.filter(row => row.partition === partition && row.generation === 1))

function partitionOf(source: Record<string, unknown>): unknown {
  const { kafka } = source
  return typeof kafka === 'object' && kafka !== null && 'partition' in kafka ? kafka.partition : undefined
}

/**
 * A log that goes backwards is noticed before anything of it is written; that partition is halted, with the way out, and the others go on.
 * With the next generation the files take the new log beside the old rows; documents of the new log come beside the old ones when the
 * offset is reset.
 */
export const backwards = (['hdfs', 'elasticsearch'] as const).flatMap(sink =>
  (
    [
      'made again with fewer records',
      'made again with as many records',
      'made again with more records',
      'unclean election',
    ] as const
  ).map(
    (life): Fault => ({
      name: `${life}, ${sink}`,
      async run(seed) {
        const world = await openWorld(seed, { sink, records: 200 })
        try {
          await world.startOne()
          await world.startOne()
          await world.feed(async () => {})
          await world.settle()
          const partition = world.random.below(world.log.partitions())
          if (sink === 'elasticsearch' && world.random.once(2)) await endWithDeadLetter(world, partition)
          const first = Array.from({ length: world.log.partitions() }, (_, index) => world.log.records(index))
          await turnBack(world, partition, life)
          const old = first[partition] ?? []
          if (sink === 'elasticsearch') return await offsetReset(world, { partition, old })
          return await nextGeneration(world, first.with(partition, world.log.records(partition)), { partition, old })
        } finally {
          await world.end()
        }
      },
    }),
  ),
)

/** The record before the commit may be one that no sink can name. */
async function endWithDeadLetter({ log, group }: World, partition: number): Promise<void> {
  log.append(partition, Buffer.from('not json'), log.records(partition).at(-1)?.timestampMs ?? 0)
  const isCommitted = () => group.committed.get(partition)?.next === log.bounds(partition).high
  await until(isCommitted, { what: 'the dead letter to be passed' })
}

async function turnBack(world: World, partition: number, life: keyof typeof lives): Promise<void> {
  // Either the writers are there, and their readers join again, or they come to it later.
  const stay = world.random.once(2)
  if (!stay) await Promise.all([...world.writers].map(writer => world.close(writer)))
  const before = storageOf(world, partition)
  world.log.replace(
    partition,
    secondLife(world.log.records(partition), world.random, life, world.elasticsearch !== undefined),
  )
  if (stay) world.group.rebalance()
  else await world.startOne()
  const halted = () => world.writers.flatMap(writer => writer.consumer.halted).find(one => one.partition === partition)
  await until(() => halted() !== undefined, { what: `partition ${partition} to be halted`, timeoutMs: 10_000 }).catch(
    error => world.wrong.push(error.message),
  )
  if (!/CLICKTRAIL_GENERATION|reset the offset/.test(halted()?.halted ?? '')) world.wrong.push('nobody said what to do')
  await world.settle({ except: partition })
  if (storageOf(world, partition) !== before) world.wrong.push('something of the new log was written')
  world.happened++
}

/** The new log lands whole in generation 2, and the old rows are as they were. */
async function nextGeneration(
  world: World,
  log: (readonly LogRecord[])[],
  lost: { partition: number; old: readonly LogRecord[] },
) {
  await Promise.all([...world.writers].map(writer => world.close(writer)))
  const { landed, letters } = world
  const old = judge({ log: log.with(lost.partition, lost.old), landed: landed(), deadLetters: letters.origins() })
  world.generation = 2
  await world.startOne()
  await world.startOne()
  await world.settle()
  const outcome = await outcomeOf(world)
  const deadAgain = (what: string) => !what.endsWith('is landed and a dead letter')
  const wrong = [...old.wrong, ...outcome.wrong].filter(deadAgain)
  return { ...outcome, lost: [...old.lost, ...outcome.lost], doubled: [...old.doubled, ...outcome.doubled], wrong }
}
