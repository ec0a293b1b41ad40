import { setTimeout as wait } from 'node:timers/promises'
import { atMost, type Figure } from '../../collector/figures.ts'
import { anonymousBytes } from '../../collector/process-facts.ts'
import { createGeneratedReader } from '../generated-reader.ts'
import { nullStore, startWriter } from '../landing-run.ts'

const count = 48
const maxSeconds = 120

/** Peak of RssAnon from the start until `done`, bytes. */
async function peakUntil(done: () => boolean, dead: Promise<void>): Promise<number> {
  let peak = 0
  const end = performance.now() + maxSeconds * 1_000
  while (!done() && performance.now() < end) {
    peak = Math.max(peak, anonymousBytes(process.pid))
    await Promise.race([wait(50), dead])
  }
  return peak
}

/** Memory with 48 partitions at full speed: first a storage that takes files, then one that takes none until all is paused. */
export async function partitions(): Promise<Figure[]> {
  const log = { partitions: count, records: 20_000_000 }
  let landed = 0
  const flowing = startWriter(createGeneratedReader(log), nullStore(), { maxAgeMs: 15_000 })
  const flowingPeak = await peakUntil(() => {
    landed = flowing.sink.counts().landed
    return landed > 700_000
  }, flowing.dead)
  await flowing.consumer.close()

  const reader = createGeneratedReader(log)
  let pausedMs: number | undefined
  const stuck = startWriter(
    reader,
    nullStore(() => new Promise(() => {})),
  )
  const stuckPeak = await peakUntil(() => {
    if (reader.paused() === count) pausedMs ??= performance.now()
    else pausedMs = undefined
    return pausedMs !== undefined && performance.now() - pausedMs > 3_000
  }, stuck.dead)
  const held = stuck.consumer.status().reduce((sum, one) => sum + one.buffered.bytes, 0)
  if (pausedMs === undefined) throw new Error('the writer was not paused by a storage that is stuck')
  return [
    { what: '48 partitions: memory', value: flowingPeak / 1e6, unit: 'MB', bounds: atMost(512) },
    { what: '… the storage stuck, all paused', value: stuckPeak / 1e6, unit: 'MB', bounds: atMost(512) },
    { what: '… of that, as the writer counts', value: held / 1e6, unit: 'MB' },
  ]
}
