import { setTimeout as wait } from 'node:timers/promises'
import { until } from '../../support/until.ts'
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
