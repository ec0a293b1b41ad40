import { setTimeout as wait } from 'node:timers/promises'
import type { RealFault } from './play.ts'
import type { RealWorld } from './world.ts'

const hourMs = 3_600_000
const stepEveryMs = 1_500

/** `NODE_OPTIONS` of a process whose clock goes through these steps, in hours, and stays at the last. Timers are not touched, as by a real step. */
export function steppingClock(hours: readonly number[]): string {
  const code = `const now=Date.now;const left=${JSON.stringify(hours)};let skew=0;
setInterval(()=>{skew=(left.shift()??skew/${hourMs})*${hourMs}},${stepEveryMs}).unref();
Date.now=()=>now()+skew`
  return `--import=data:text/javascript,${encodeURIComponent(code)}`
}

/** How often two lines of a log that follow each other lie more than half an hour apart. */
function stepsIn(output: string): number {
  const times = [...output.matchAll(/"time":(\d+)/g)].map(([, time]) => Number(time))
  return times.filter((time, index) => Math.abs(time - (times[index - 1] ?? time)) > hourMs / 2).length
}

/** Each writer's clock steps by hours of its own. */
async function startStepping(world: RealWorld): Promise<void> {
  const hours = Array.from({ length: 40 }, () => world.random.below(5) - 2)
  await world.startOne({ env: { NODE_OPTIONS: steppingClock(hours) } })
}

export const clockFault: RealFault = {
  name: "writers' clocks step by up to four hours",
  writers: 0,
  async before(world) {
    await startStepping(world)
    await startStepping(world)
  },
  async trouble(world) {
    await wait(8_000)
    const writer = world.some()
    world.happened += stepsIn(writer.output())
    await world.end(writer, 'SIGKILL')
    await startStepping(world)
  },
  async after(world) {
    for (const writer of world.writers) world.happened += stepsIn(writer.output())
  },
}
