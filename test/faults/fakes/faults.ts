import { setTimeout as wait } from 'node:timers/promises'
import type { WebHdfsFault } from '../../support/fake-webhdfs/fault.ts'
import type { Point } from './gate.ts'
import type { FakeFault } from './play.ts'
import type { World } from './world.ts'
import { table } from './writer.ts'

/** Where a writer is killed: the storage knows of the file or not, the group of the commit or not. */
const failpoints: readonly Point[] = [
  'before stage',
  'after stage',
  'before land',
  'after land',
  'before commit',
  'after commit',
  'before bury',
  'after bury',
  'after list',
]

const killedAt = (point: Point): FakeFault => ({
  name: `kill -9 ${point}`,
  ...(point.endsWith('bury') && { world: { mixture: { foreignOnceIn: 5 } } }),
  async trouble(world) {
    if (point.endsWith('list')) world.group.rebalance()
    const writer = await world.standing(point)
    if (!writer) return
    world.kill(writer)
    world.happened++
    await world.startOne()
  },
})

const zombieAt = (point: Point): FakeFault => ({
  name: `zombie ${point}`,
  async trouble(world) {
    const writer = await world.standing(point)
    if (!writer) return
    writer.member.expel()
    world.happened++
    // Longer than the session, and mostly until somebody else has landed what it holds.
    await wait(world.random.below(150))
    writer.gate.go()
    await writer.member.hear()
  },
})

const calls = (name: string, op: string, ...faults: WebHdfsFault[]): FakeFault => ({
  name,
  async trouble(world) {
    world.hdfs.failNext(op, world.random.pick(faults))
    world.happened++
  },
})

/** These end or need what others need or end. */
const alone = new Set([
  'everything at once, webhdfs',
  'everything at once, httpfs',
  'gap after retention',
  'files moved away, to land again',
  'foreign records',
])

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

/** An operator moves the newest files of a partition away, all but one at most, and leaves the commit as it is. */
function moveNewestAway({ hdfs, random, log }: World): void {
  const partition = `-p0${random.below(log.partitions())}-`
  const files = [...hdfs.tree.files.keys()].filter(path => path.startsWith(table) && path.includes(partition)).sort()
  for (const path of files.slice(1 + random.below(files.length + 1))) hdfs.tree.files.delete(path)
}

const usedBytes = ({ hdfs }: World) => [...hdfs.tree.files.values()].reduce((sum, file) => sum + file.length, 0)

export const faults: readonly FakeFault[] = [
  ...failpoints.map(killedAt),
  ...(['before stage', 'before land', 'after land', 'before commit', 'before bury'] as const).map(zombieAt),
  {
    name: 'rebalance storm, partitions added',
    async trouble(world) {
      const what = world.random.below(8)
      if (what === 0 && world.log.partitions() < 6) world.log.addPartition()
      if (what === 1 && world.writers.length > 1) await world.close(world.some())
      if (what === 2 && world.writers.length < 5) await world.startOne()
      world.group.rebalance()
      world.happened++
    },
  },
  {
    name: 'brokers away, coordinator moved',
    async trouble(world) {
      world.group.away = true
      world.happened++
      await wait(world.random.below(150))
      world.group.away = false
      world.group.rebalance()
      await wait(100)
    },
  },
  {
    name: 'group offsets deleted',
    async trouble(world) {
      world.group.committed.clear()
      world.happened++
      const writer = world.some()
      world.kill(writer)
      await world.startOne()
      await wait(60)
    },
  },
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
  {
    name: 'foreign records',
    world: { mixture: { foreignOnceIn: 3, largeBytes: 2 * 1_048_576 }, records: 300 },
    async trouble(world) {
      world.happened++
    },
  },
  {
    name: 'clocks an hour off',
    async trouble(world) {
      const hourMs = 3_600_000
      for (const { clock } of world.writers) clock.skewMs = (world.random.below(3) - 1) * hourMs
      world.brokerSkewMs = (world.random.below(3) - 1) * hourMs
      world.group.rebalance()
      world.happened++
      await wait(80)
    },
  },
  {
    name: 'SIGTERM in mid-flush',
    async trouble(world) {
      const writer = await world.standing(
        world.random.pick(['after stage', 'before land', 'after land', 'before commit']),
      )
      if (!writer) return
      const closed = world.close(writer)
      await wait(world.random.below(300))
      writer.gate.go()
      await closed
      world.happened++
      await world.startOne()
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
        const [one, other] = [world.random.pick(faults), world.random.pick(failpoints)]
        if (world.random.once(2)) await killedAt(other).trouble(world)
        else if (!alone.has(one.name)) await one.trouble(world)
      },
      async after(world) {
        for (const times of world.hdfs.disturbed.values()) world.happened += times
      },
    }),
  ),
]
