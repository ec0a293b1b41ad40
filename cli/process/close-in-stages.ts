import type { Logger } from 'pino'

/** What all stages of a stop may take together, milliseconds: half a second less than the process has. */
const allMs = 9_500
/**
 * What each stage may take, milliseconds. The first is the collector's, which without a spool waits as long as an acknowledgement may
 * take: who is cut off there gets a 503 for events that may land.
 */
const stageMs = [7_500, 4_500, 1_000]
/** What is left to each stage, whatever those before it took, milliseconds. */
const leastMs = 1_000

/** Closes the parts in the order of the road, within 9.5 s. A stage that takes too long is left behind, one that fails is logged. */
export async function closeInStages(stages: readonly (() => Promise<unknown>)[], log: Logger): Promise<void> {
  const startedMs = performance.now()
  for (const [index, close] of stages.entries()) {
    const leftMs = allMs - (performance.now() - startedMs) - leastMs * (stages.length - index - 1)
    const withinMs = Math.min(stageMs[index] ?? leastMs, leftMs)
    try {
      if ((await outcomeWithin(withinMs, close())) === 'late')
        log.warn({ stage: index + 1, withinMs }, 'stopping took too long: going on')
    } catch (error) {
      log.error({ err: error, stage: index + 1 }, 'stopping failed: going on')
    }
  }
}

function outcomeWithin(withinMs: number, closed: Promise<unknown>): Promise<'closed' | 'late'> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve('late'), withinMs)
    closed.then(() => resolve('closed'), reject).finally(() => clearTimeout(timer))
  })
}
