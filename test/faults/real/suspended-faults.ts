import { setTimeout as wait } from 'node:timers/promises'
import { inMidUpload, startProxied } from './mid-upload.ts'
import { hasLanded, timesSaid } from './moments.ts'
import type { OwnServer } from './own-server.ts'
import type { RealFault } from './play.ts'
import type { RealWorld } from './world.ts'

/** A server keeps its connections and is silent for so long. */
async function suspendFor(world: RealWorld, server: OwnServer | undefined, ms: number): Promise<void> {
  world.atEnd(async () => server?.resume())
  server?.suspend()
  await wait(ms)
  server?.resume()
  world.happened++
}

/** Writers give up a server that is silent for 60 s. */
const longerThanPatienceMs = 65_000
const silent = /nothing came or went for 60000 ms/

const uploading: RealFault = {
  name: 'DataNode suspended in mid-upload',
  lengthMs: 70_000,
  before: startProxied,
  async trouble(world) {
    const [dataNode] = world.servers.hdfs.dataNodes
    if (!(await inMidUpload(world, async () => dataNode?.suspend()))) return
    const before = timesSaid(world, silent)
    await suspendFor(world, dataNode, longerThanPatienceMs)
    if (timesSaid(world, silent) === before) world.wrong.push('no upload was given up')
  },
}

/** Servers that are neither there nor gone. */
export const suspendedFaults: readonly RealFault[] = [
  {
    name: 'NameNode suspended for 30 s',
    lengthMs: 36_000,
    async trouble(world) {
      await hasLanded(world)
      await wait(1_000 + world.random.below(2_000))
      await suspendFor(world, world.servers.hdfs.nameNodes[0], 30_000)
      await wait(3_000)
    },
  },
  uploading,
  {
    name: 'node suspended for 30 s, elasticsearch',
    sink: 'elasticsearch',
    lengthMs: 36_000,
    async trouble(world) {
      const { nodes } = await world.servers.elasticsearch()
      await wait(2_000 + world.random.below(2_000))
      // Some bulks are given up after 30 s, and stored all the same.
      await suspendFor(world, nodes[0], 30_000 + world.random.below(5_000))
      await wait(3_000)
    },
  },
]
