import { setTimeout as wait } from 'node:timers/promises'
import { judge } from '../judge.ts'
import type { Point } from './gate.ts'
import type { FakeFault } from './play.ts'
import type { World } from './world.ts'

/** Where a writer is killed: the storage knows of the file or not, the group of the commit or not. */
export const failpoints: readonly Point[] = [
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

/** What is buried has to come often enough. */
const toBury = (point: Point) => point.endsWith('bury') && { world: { mixture: { foreignOnceIn: 5 } } }

export const killedAt = (point: Point): FakeFault => ({
  name: `kill -9 ${point}`,
  ...toBury(point),
  async trouble(world) {
    if (point.endsWith('list')) world.group.rebalance()
    const writer = await world.standing(point)
    if (!writer) return
    world.kill(writer)
    world.happened++
    await world.startOne()
  },
})

export const zombieAt = (point: Point): FakeFault => ({
  name: `zombie ${point}`,
  ...toBury(point),
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

export const closedAt = (points: readonly Point[]): FakeFault => ({
  name: 'SIGTERM in mid-flush',
  async trouble(world) {
    const writer = await world.standing(world.random.pick(points))
    if (!writer) return
    const closed = world.close(writer)
    await wait(world.random.below(300))
    writer.gate.go()
    await closed
    world.happened++
    await world.startOne()
  },
})

/** What is durable now may not be ahead of a dead letter that is nowhere yet. */
function holdToLetters(world: World): void {
  const { elasticsearch, letters } = world
  const log = world.reached().map((offset, partition) => world.log.records(partition).slice(0, offset + 1))
  const { lost } = judge({ log, landed: world.landed(), deadLetters: letters.origins(), chained: !elasticsearch })
  if (lost.length > 0) world.wrong.push(`passed without their letters: ${lost.slice(0, 4).join(', ')}`)
}

const lettersAway: FakeFault = {
  name: 'dead-letter topic away',
  world: { mixture: { foreignOnceIn: 5 } },
  async trouble(world) {
    const { letters, random } = world
    const before = letters.refusals
    letters.become = random.pick(['refused', 'unacknowledged'] as const)
    await wait(30 + random.below(150))
    if (random.once(3)) {
      world.kill(world.some())
      await world.startOne()
    }
    holdToLetters(world)
    letters.become = 'taken'
    world.happened += letters.refusals - before
    await wait(random.below(60))
  },
  async after(world) {
    const says = /dead letters refused: the partition waits/
    if (!world.writers.some(({ said }) => said.some(line => says.test(line)))) world.wrong.push(`nobody said ${says}`)
  },
}

/** What happens to the writers, their group and their clocks. */
export const writerFaults: readonly FakeFault[] = [
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
  lettersAway,
  closedAt(['after stage', 'before land', 'after land', 'before commit']),
]
