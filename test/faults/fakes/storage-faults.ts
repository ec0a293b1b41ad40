import { setTimeout as wait } from 'node:timers/promises'
import type { WebHdfsFault } from '../../support/fake-webhdfs/fault.ts'
import type { FakeFault } from './play.ts'
import type { World } from './world.ts'
import { table } from './writer.ts'

const calls = (name: string, op: string, ...faults: WebHdfsFault[]): FakeFault => ({
  name,
  async trouble(world) {
    world.hdfs.failNext(op, world.random.pick(faults))
    world.happened++
  },
})

/** Servers that go through states, one after the other. */
async function through<State>(
  world: World,
  server: { become(state: State): Promise<void> } | undefined,
  states: State[],
) {
  world.happened++
  for (const state of states) {
    await server?.become(state)
    await wait(20 + world.random.below(80))
  }
}

/** Something has no room or no right for a while, and is mended. */
const limited = (name: string, limit: (world: World) => object, says: RegExp): FakeFault => ({
  name,
  async trouble(world) {
    world.happened++
    Object.assign(world.hdfs.tree.limits, limit(world))
    await wait(50 + world.random.below(150))
    const unlimited = Number.POSITIVE_INFINITY
    Object.assign(world.hdfs.tree.limits, { names: unlimited, bytes: unlimited, diskBytes: unlimited, readOnly: [] })
  },
  async after(world) {
    if (!world.writers.some(({ said }) => said.some(line => says.test(line)))) world.wrong.push(`nobody said ${says}`)
  },
})

const usedBytes = ({ hdfs }: World) => [...hdfs.tree.files.values()].reduce((sum, file) => sum + file.length, 0)

/** What happens to the servers of HDFS, to single calls, and to room and rights. */
export const storageFaults: readonly FakeFault[] = [
  {
    name: 'NameNode restart',
    world: { nameNodes: 1 },
    trouble: world => through(world, world.hdfs.nameNodes[0], ['down', 'starting', 'safe mode', 'active']),
  },
  {
    name: 'NameNode standby and back',
    async trouble(world) {
      const [one, other] = world.random.once(2) ? world.hdfs.nameNodes : world.hdfs.nameNodes.toReversed()
      await other?.become('active')
      await through(world, one, ['standby', world.random.pick(['down', 'standby', 'hung'] as const), 'active'])
    },
  },
  {
    name: 'NameNode in safe mode',
    world: { nameNodes: 1 },
    trouble: world => through(world, world.hdfs.nameNodes[0], ['safe mode', 'active']),
  },
  {
    name: 'the only DataNode gone',
    world: { dataNodes: 1 },
    trouble: world =>
      through(world, world.hdfs.dataNodes[0], [world.random.pick(['down', 'dead', 'hung'] as const), 'up']),
  },
  {
    name: 'one of three DataNodes gone',
    world: { dataNodes: 3 },
    trouble: world =>
      through(world, world.hdfs.dataNodes[world.random.below(3)], [
        world.random.pick(['down', 'dead', 'hung'] as const),
        'up',
      ]),
  },
  calls('DataNode killed in mid-upload', 'dn:CREATE', 'killed'),
  calls('upload cut or short', 'dn:CREATE', 'short', 'cut'),
  calls('201 lost', 'dn:CREATE', 'lost', 'late', 'hang'),
  calls('rename answer lost', 'RENAME', 'lost', 'late', 'reset', 'hang'),
  {
    ...calls('stale listing', 'LISTSTATUS', 'stale', 'broken off'),
    async trouble(world) {
      for (let count = 0; count < 4; count++) world.hdfs.failNext('LISTSTATUS', 'stale', 'stale', 'broken off')
      world.group.rebalance()
      world.happened++
      await wait(60)
    },
  },
  limited(
    'disk full',
    world => ({ diskBytes: usedBytes(world) + world.random.below(4_000) }),
    /could only be written to 0/,
  ),
  limited('space quota', world => ({ bytes: usedBytes(world) + world.random.below(4_000) }), /DSQuotaExceeded/),
  limited('name quota', world => ({ names: world.hdfs.tree.files.size + world.random.below(20) }), /NSQuotaExceeded/),
  limited(
    'permission taken and given back',
    ({ random }) => ({ readOnly: [random.pick([table, '/data/_staging/events'])] }),
    /AccessControlException: Permission denied/,
  ),
]
