import { setTimeout as wait } from 'node:timers/promises'
import { until } from '../../support/until.ts'
import type { RealFault } from './play.ts'
import type { RealWorld } from './world.ts'

const offsetsTopic = '__consumer_offsets'

/** As the brokers do it (GroupCoordinator.partitionFor): Java's hash of the name, by the partitions of the offsets' topic. */
export function coordinatorPartition(group: string, partitions: number): number {
  let hash = 0
  for (let index = 0; index < group.length; index++) hash = (Math.imul(31, hash) + group.charCodeAt(index)) | 0
  return (hash & 0x7fffffff) % partitions
}

/** The broker that coordinates the writers' group. */
async function coordinatorOf({ admin, topic }: RealWorld): Promise<number> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [offsetsTopic] })
  const partitions = topics[0]?.partitions ?? []
  const own = coordinatorPartition(`${topic}-hdfs`, partitions.length)
  return partitions.find(({ partitionId }) => partitionId === own)?.leader ?? -1
}

/** Every broker has caught up: with one copy in sync, the end of its broker would lose what was acknowledged. */
async function areInSync({ admin, topic }: RealWorld): Promise<boolean> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic, `${topic}-dlq`, offsetsTopic] })
  return topics.flatMap(one => one.partitions).every(({ isr, replicas }) => isr.length === replicas.length)
}

const masterKilled: RealFault = {
  name: 'master of three nodes killed, elasticsearch',
  servers: 'several',
  sink: 'elasticsearch',
  lengthMs: 60_000,
  async trouble(world) {
    const cluster = await world.servers.elasticsearch()
    await wait(2_000 + world.random.below(3_000))
    const master = await cluster.master()
    await cluster.nodes[master]?.end('SIGKILL')
    const isElected = async () => ![master, -1].includes(await cluster.master())
    await until(isElected, { what: 'another master', timeoutMs: 180_000, everyMs: 200 })
    world.happened++
    await wait(world.random.below(6_000))
    await cluster.nodes[master]?.start()
    // The next one may be the only one that has all.
    const what = 'every copy of every index'
    await until(cluster.isGreen, { what, timeoutMs: 120_000, everyMs: 500 })
  },
}

/** What happens to one server of several. */
export const severalFaults: readonly RealFault[] = [
  {
    name: 'coordinator of the group moved',
    servers: 'several',
    lengthMs: 60_000,
    async trouble(world) {
      await wait(4_000)
      const id = await coordinatorOf(world).catch(() => -1)
      if (id < 1) return
      const broker = world.servers.brokers.node(id)
      await broker.end(world.random.pick(['SIGTERM', 'SIGKILL']))
      const isMoved = async () => ![id, -1].includes(await coordinatorOf(world))
      await until(() => isMoved().catch(() => false), { what: 'another coordinator', timeoutMs: 180_000, everyMs: 500 })
      world.happened++
      await wait(world.random.below(6_000))
      await broker.start()
      const what = 'the brokers to be in sync'
      await until(() => areInSync(world).catch(() => false), { what, timeoutMs: 180_000, everyMs: 500 })
    },
  },
  {
    name: 'NameNodes change places',
    servers: 'several',
    lengthMs: 60_000,
    async trouble(world) {
      const { random } = world
      const { hdfs } = world.servers
      await wait(3_000)
      const active = hdfs.urls.indexOf(hdfs.active().url)
      const how = random.pick(['standby', 'SIGTERM', 'SIGKILL'] as const)
      if (how === 'standby') await hdfs.become(active, 'standby')
      else await hdfs.nameNodes[active]?.end(how)
      // Meanwhile nobody serves.
      await wait(random.below(4_000))
      await hdfs.become(1 - active, 'active')
      if (how !== 'standby') await hdfs.nameNodes[active]?.start()
      world.happened++
    },
  },
  {
    name: 'one of three DataNodes gone',
    servers: 'several',
    lengthMs: 60_000,
    async trouble(world) {
      await wait(2_000)
      const dataNode = world.random.pick(world.servers.hdfs.dataNodes)
      await dataNode.end(world.random.pick(['SIGTERM', 'SIGKILL']))
      world.happened++
      await wait(4_000 + world.random.below(8_000))
      await dataNode.start()
    },
  },
  masterKilled,
]
