import { setTimeout as wait } from 'node:timers/promises'
import { until } from '../../support/until.ts'
import { hasLanded, moment, restart, timesSaid } from './moments.ts'
import type { RealFault } from './play.ts'
import type { RealWorld } from './world.ts'

/** Longer than the writers' session of 15 s: the group has given its partitions to others. */
const zombieMs = 20_000
const mostPartitions = 6

/** What the writers' group has committed is gone: the group itself is. */
async function deleteGroup({ admin, topic, sink }: RealWorld): Promise<void> {
  // A group is deleted only when nobody is in it, and one that was ended early is still in it for its session.
  const isDeleted = () =>
    admin.deleteGroups([`${topic}-${sink}`]).then(
      () => true,
      () => false,
    )
  await until(isDeleted, { what: 'the group to be deleted', everyMs: 500 })
}

const halted = /partition halted/

/** Files know the first life: nothing of the second is written, and somebody says what to do. */
async function expectHalt(world: RealWorld, rowsBefore: number): Promise<void> {
  const partitions = (await world.admin.fetchTopicOffsets(world.topic)).length
  const what = 'every partition to be halted'
  const areHalted = () => timesSaid(world, halted) >= partitions
  await until(areHalted, { what, timeoutMs: 180_000 }).catch(error => world.wrong.push(error.message))
  if ((await world.landed()).rows.length !== rowsBefore) world.wrong.push('something of the new log was written')
  if (timesSaid(world, /CLICKTRAIL_GENERATION=2/) === 0) world.wrong.push('nobody said what to do')
}

/** What happens to the writers, their group and their topic, whatever they write to. */
export const writerFaults: readonly RealFault[] = [
  {
    name: 'writers killed',
    async trouble(world) {
      await moment(world)
      await restart(world, 'SIGKILL')
    },
  },
  {
    name: 'rebalance storm, partitions added',
    lengthMs: 120_000,
    async trouble(world) {
      await wait(world.random.below(2_500))
      const what = world.random.below(4)
      if (what === 0 && world.writers.length < 4) await world.startOne()
      else if (what === 1) {
        const { length } = await world.admin.fetchTopicOffsets(world.topic)
        const topicPartitions = [{ topic: world.topic, count: Math.min(mostPartitions, length + 1) }]
        if (length < mostPartitions) await world.admin.createPartitions({ topicPartitions })
      } else await restart(world, world.random.pick(['SIGTERM', 'SIGKILL']))
      world.happened++
    },
  },
  {
    name: 'zombie, stopped longer than its session',
    async trouble(world) {
      await moment(world)
      const writer = world.some()
      writer.child.kill('SIGSTOP')
      await wait(zombieMs)
      writer.child.kill('SIGCONT')
      world.happened++
      await wait(3_000)
    },
  },
  {
    name: 'SIGTERM in mid-flush',
    async trouble(world) {
      await hasLanded(world)
      await wait(world.random.below(1_000))
      await restart(world, 'SIGTERM')
    },
  },
  {
    name: 'group offsets deleted',
    async trouble(world) {
      await hasLanded(world)
      const ended = [...world.writers]
      await Promise.all(ended.map(writer => world.end(writer, 'SIGTERM')))
      await deleteGroup(world)
      for (const _ of ended) await world.startOne()
      world.happened++
      await wait(4_000)
    },
  },
  {
    name: 'topic made again',
    lengthMs: 5_000,
    trouble: () => wait(500),
    async after(world) {
      await world.settle()
      const before = (await world.landed()).rows.length
      await world.makeTopicAgain()
      // The second life may be shorter or longer than the first.
      await world.feed(1_000 + world.random.below(9_000), () => wait(500))
      if (world.sink === 'hdfs') await expectHalt(world, before)
      const isHalted = timesSaid(world, halted) > 0
      await Promise.all([...world.writers].map(writer => world.end(writer, 'SIGTERM')))
      world.generation = 2
      // Brokers forget the offsets of a topic that is deleted: writers of documents begin at its new beginning, or somebody makes them.
      if (world.sink === 'elasticsearch' && isHalted) await deleteGroup(world)
      world.happened++
    },
  },
]
