import { setTimeout as wait } from 'node:timers/promises'
import { elasticsearchFaults } from './elasticsearch-faults.ts'
import type { FakeFault } from './play.ts'
import { storageFaults } from './storage-faults.ts'
import type { World } from './world.ts'
import { table } from './writer.ts'
import { failpoints, killedAt, writerFaults } from './writer-faults.ts'

/** An operator moves the newest files of a partition away, all but one at most, and leaves the commit as it is. */
function moveNewestAway({ hdfs, random, log }: World): void {
  const partition = `-p0${random.below(log.partitions())}-`
  const files = [...hdfs.tree.files.keys()].filter(path => path.startsWith(table) && path.includes(partition)).sort()
  for (const path of files.slice(1 + random.below(files.length + 1))) hdfs.tree.files.delete(path)
}

const single: readonly FakeFault[] = [...writerFaults, ...storageFaults]

export const faults: readonly FakeFault[] = [
  ...single,
  {
    name: 'foreign records',
    world: { mixture: { foreignOnceIn: 3, largeBytes: 2 * 1_048_576 }, records: 300 },
    async trouble(world) {
      world.happened++
    },
  },
  {
    name: 'files moved away, to land again',
    async trouble(world) {
      await wait(150)
      for (const writer of [...world.writers]) world.kill(writer)
      await wait(50)
      moveNewestAway(world)
      world.happened++
      for (let count = 0; count < 2; count++) await world.startOne()
    },
  },
  {
    name: 'gap after retention',
    // What is gone can't be told from its copies.
    world: { mixture: { copyOnceIn: 2 ** 31 } },
    async trouble(world) {
      await wait(150)
      for (const writer of [...world.writers]) world.kill(writer)
      await wait(100)
      for (const partition of new Set(world.landed().rows.map(row => row.partition))) {
        const { low, high } = world.log.bounds(partition)
        world.log.trim(partition, low + world.random.below(high - low + 1))
      }
      await world.startOne()
    },
    async after(world) {
      world.happened = world.landed().gaps.length
    },
  },
  ...(['webhdfs', 'httpfs'] as const).map(
    (kind): FakeFault => ({
      name: `everything at once, ${kind}`,
      world: { kind, dataNodes: 3, mixture: { foreignOnceIn: 10 } },
      async before(world) {
        world.hdfs.disturb({ seed: world.random.below(2 ** 31), rate: 0.08 })
      },
      async trouble(world) {
        const [one, other] = [world.random.pick(single), world.random.pick(failpoints)]
        if (world.random.once(2)) await killedAt(other).trouble(world)
        else await one.trouble(world)
      },
      async after(world) {
        for (const times of world.hdfs.disturbed.values()) world.happened += times
      },
    }),
  ),
  ...elasticsearchFaults,
]
