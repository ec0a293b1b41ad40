import { setTimeout as wait } from 'node:timers/promises'
import type { Random } from '../../test/fuzz/random.ts'
import type { BrokerNode } from '../../test/support/broker-node.ts'
import type { Program } from './program.ts'

/** One kind of thing that goes wrong; resolves when all is started again. */
export interface Trouble {
  name: string
  happen(random: Random): Promise<void>
}

export interface Troubled {
  broker: BrokerNode
  collector: Program
  /** Each with the one that joins it for a while. */
  writers: readonly { first: Program; second: Program }[]
}

/** Longer than a group waits for a member, or shorter. */
const suspendedMs = [10_000, 20_000] as const
const leastPauseMs = 20_000
const mostPauseMs = 60_000

/** All kinds. */
export function troublesOf({ broker, collector, writers }: Troubled): Trouble[] {
  return [
    ...[collector, ...writers.map(({ first }) => first)].flatMap(program => [
      ended(program, 'SIGKILL'),
      ended(program, 'SIGTERM'),
    ]),
    ...writers.flatMap(({ first, second }) => [suspended(first), joined(second)]),
    {
      name: 'broker SIGTERM',
      async happen(random) {
        await broker.end('SIGTERM')
        await wait(random.below(10_000))
        await broker.start()
      },
    },
  ]
}

function ended(program: Program, signal: 'SIGKILL' | 'SIGTERM'): Trouble {
  return {
    name: `${program.name} ${signal}`,
    async happen(random) {
      await program.stop(signal)
      await wait(random.below(5_000))
      program.start()
    },
  }
}

function suspended(program: Program): Trouble {
  return {
    name: `${program.name} SIGSTOP`,
    async happen(random) {
      program.suspend()
      await wait(random.pick(suspendedMs))
      program.resume()
    },
  }
}

function joined(program: Program): Trouble {
  return {
    name: `${program.name} joins and leaves`,
    async happen(random) {
      program.start()
      await wait(10_000 + random.below(10_000))
      await program.stop(random.pick(['SIGTERM', 'SIGKILL']))
    },
  }
}

export interface TroubleOptions {
  troubles: readonly Trouble[]
  random: Random
  /** None begins after that, milliseconds since 1970. */
  untilMs: number
  /** Told when one begins. */
  onBegin(name: string): void
}

/** One after the other, 20 to 60 s apart; each kind once before any comes again. */
export async function makeTrouble({ troubles, random, untilMs, onBegin }: TroubleOptions): Promise<void> {
  let left: Trouble[] = []
  for (;;) {
    const pauseMs = leastPauseMs + random.below(mostPauseMs - leastPauseMs)
    if (Date.now() + pauseMs > untilMs) return
    await wait(pauseMs)
    if (left.length === 0) left = [...troubles]
    const [next] = left.splice(random.below(left.length), 1)
    if (!next) throw new RangeError('no trouble to make')
    onBegin(next.name)
    await next.happen(random)
  }
}
