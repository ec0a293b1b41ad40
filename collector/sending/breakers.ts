import type { Logger } from 'pino'
import { type Breaker, type BreakerOptions, type BreakerState, createBreaker } from './breaker.ts'

export interface BreakersOptions extends BreakerOptions {
  logger: Logger
  /** A clock of milliseconds that never goes back. @default performance.now */
  now?: () => number
}

/** A breaker for each partition: one that has lost its leader leaves the others alone. Says in the log when one opens or closes. */
export interface Breakers {
  /** The worst of all. */
  state(): BreakerState
  /**
   * Whether nothing that is tried now can succeed, as far as is known: a partition is open, none is worth another try yet, and none
   * has taken anything since the first of them failed.
   */
  away(): boolean
  /** What the last failure said, of the partitions that are not closed. */
  trouble(): string | undefined
  stateOf(partition: number): BreakerState
  mayTry(partition: number): boolean
  waitMs(partition: number): number
  succeeded(partition: number): void
  failed(partition: number, error: unknown): void
}

export function createBreakers({ logger, now = () => performance.now(), ...options }: BreakersOptions): Breakers {
  const breakers = new Map<number, Breaker>()
  /** By partition, the latest last. */
  const troubles = new Map<number, string>()
  /** By partition: the first failure since it took something, and when it took something last. */
  const failingSinceMs = new Map<number, number>()
  const tookMs = new Map<number, number>()

  function of(partition: number): Breaker {
    let breaker = breakers.get(partition)
    if (breaker === undefined) {
      breaker = createBreaker(options)
      breakers.set(partition, breaker)
    }
    return breaker
  }

  return {
    state() {
      let worst: BreakerState = 'closed'
      for (const breaker of breakers.values()) {
        if (breaker.state() === 'open') return 'open'
        if (breaker.state() === 'half_open') worst = 'half_open'
      }
      return worst
    },
    away() {
      const sinceMs = Math.min(...failingSinceMs.values())
      if (sinceMs === Number.POSITIVE_INFINITY) return false
      return [...breakers].every(([partition, breaker]) =>
        failingSinceMs.has(partition)
          ? breaker.waitMs(now()) > 0
          : (tookMs.get(partition) ?? Number.NEGATIVE_INFINITY) < sinceMs,
      )
    },
    trouble: () => [...troubles.values()].at(-1),
    stateOf: partition => of(partition).state(),
    mayTry: partition => of(partition).mayTry(now()),
    waitMs: partition => of(partition).waitMs(now()),
    succeeded(partition) {
      troubles.delete(partition)
      failingSinceMs.delete(partition)
      tookMs.set(partition, now())
      if (of(partition).succeeded()) logger.info({ partition }, 'the topic takes events again')
    },
    failed(partition, error) {
      if (!failingSinceMs.has(partition)) failingSinceMs.set(partition, now())
      troubles.delete(partition)
      troubles.set(partition, error instanceof Error ? error.message : String(error))
      if (of(partition).failed(now())) logger.warn({ err: error, partition }, 'the topic does not take events')
    },
  }
}
