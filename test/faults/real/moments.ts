import { setTimeout as wait } from 'node:timers/promises'
import { until } from '../../support/until.ts'
import { startWebHdfsProxy } from '../../support/webhdfs-proxy.ts'
import type { RealWorld } from './world.ts'

/** A writer has stored something. */
const stored = /file landed|bulk landed/

/** Waits for a moment that the seed picks; or, one time in two, for a line of the writer's log that says something is stored. */
export async function moment(world: RealWorld, mostMs = 2_000): Promise<void> {
  const writer = world.writers[0]
  if (!writer || world.random.once(2)) return void (await wait(world.random.below(mostMs)))
  const before = writer.output().length
  const isThere = () => stored.test(writer.output().slice(before)) || writer.child.exitCode !== null
  await until(isThere, { what: 'something stored', timeoutMs: mostMs, everyMs: 1 }).catch(() => {})
}

/** The writer that runs longest is at work. */
export async function hasLanded({ writers: [writer] }: RealWorld): Promise<void> {
  await until(() => !writer || stored.test(writer.output()), { what: 'something stored', timeoutMs: 60_000 })
}

/** Has one more writer, and does something when the DataNode has half of a file of its. */
export async function inMidUpload(world: RealWorld, act: () => Promise<void>): Promise<void> {
  await hasLanded(world)
  const proxy = await startWebHdfsProxy(world.servers.hdfs.active().url)
  world.atEnd(() => proxy.close())
  let isHalfway = false
  proxy.halfway = async () => {
    await act()
    isHalfway = true
  }
  proxy.treat = ({ op, dataNode }) => (dataNode && op === 'CREATE' && !isHalfway ? 'halt' : 'pass')
  await world.startOne({ env: { HDFS_URL: proxy.url } })
  await until(() => isHalfway, { what: 'an upload', timeoutMs: 180_000 })
}

/** How often the writers that run have said it, all together. */
export function timesSaid({ writers }: RealWorld, what: RegExp): number {
  return writers.reduce((sum, writer) => sum + [...writer.output().matchAll(new RegExp(what, 'g'))].length, 0)
}

/** Waits, for a minute at most, until a writer says it once more than `before` times: false when none did. */
export async function isSaidAgain(world: RealWorld, what: RegExp, before: number): Promise<boolean> {
  const isSaid = () => timesSaid(world, what) > before
  return until(isSaid, { what: String(what), timeoutMs: 60_000, everyMs: 100 }).then(
    () => true,
    () => false,
  )
}

/** Ends the writer that runs longest and starts another. */
export async function restart(world: RealWorld, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  const [writer] = world.writers
  if (!writer) return
  await world.end(writer, signal)
  world.happened++
  await world.startOne()
}
