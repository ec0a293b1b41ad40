import { setTimeout as wait } from 'node:timers/promises'
import { clockFault } from './clock.ts'
import { elasticsearchFaults } from './elasticsearch-faults.ts'
import { failpointFaults } from './failpoints.ts'
import type { RealFault } from './play.ts'
import { retentionFault } from './retention.ts'
import { severalFaults } from './several-faults.ts'
import { storageFaults } from './storage-faults.ts'
import { suspendedFaults } from './suspended-faults.ts'
import { writerFaults } from './writer-faults.ts'

export const realFaults: readonly RealFault[] = [
  ...writerFaults,
  {
    name: 'broker restart',
    async trouble(world) {
      await wait(3_000)
      const broker = world.servers.brokers.node(1)
      await broker.end(world.random.pick(['SIGTERM', 'SIGKILL']))
      await wait(world.random.below(4_000))
      await broker.start()
      world.happened++
      await wait(3_000)
    },
  },
  {
    name: 'NameNode restart',
    async trouble(world) {
      await wait(3_000)
      const [nameNode] = world.servers.hdfs.nameNodes
      await nameNode?.end(world.random.pick(['SIGTERM', 'SIGKILL']))
      await wait(world.random.below(3_000))
      await nameNode?.start()
      world.happened++
      await wait(3_000)
    },
  },
  {
    name: 'NameNode in safe mode',
    async trouble(world) {
      await wait(2_000)
      await world.servers.hdfs.safeMode('enter')
      await wait(world.random.below(5_000))
      await world.servers.hdfs.safeMode('leave')
      world.happened++
      await wait(2_000)
    },
  },
  {
    name: 'the only DataNode gone',
    async trouble(world) {
      await wait(2_000)
      const [dataNode] = world.servers.hdfs.dataNodes
      await dataNode?.end('SIGKILL')
      await wait(world.random.below(8_000))
      await dataNode?.start()
      world.happened++
      await wait(2_000)
    },
  },
  {
    name: 'foreign records',
    mixture: { foreignOnceIn: 4, largeBytes: 2 * 1_048_576 },
    async trouble(world) {
      await wait(1_000)
      world.happened++
    },
  },
  retentionFault,
  ...failpointFaults,
  clockFault,
  ...storageFaults,
  ...suspendedFaults,
  ...severalFaults,
  ...elasticsearchFaults,
]
