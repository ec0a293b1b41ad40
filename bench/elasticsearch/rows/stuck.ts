import { setTimeout as wait } from 'node:timers/promises'
import { atMost, type Figure } from '../../collector/figures.ts'
import { anonymousBytes } from '../../collector/process-facts.ts'
import { createGeneratedReader } from '../../hdfs/generated-reader.ts'
import { startBulkServer } from '../bulk-server.ts'
import { startWriter } from '../writing.ts'

const partitions = 48
const pausedForMs = 5_000
const maxSeconds = 120

/** Memory when the server is away and the log is endless, until all partitions have been paused for a while. */
export async function stuck(): Promise<Figure[]> {
  const server = await startBulkServer('closed')
  const reader = createGeneratedReader({ partitions, records: 20_000_000 })
  startWriter(reader, server.url, 'bench')
  let peak = 0
  let pausedMs: number | undefined
  const began = performance.now()
  for (let now = began; pausedMs === undefined || now - pausedMs < pausedForMs; now = performance.now()) {
    if (now - began > maxSeconds * 1_000) throw new Error('the writer was not paused')
    peak = Math.max(peak, anonymousBytes(process.pid))
    pausedMs = reader.paused() === partitions ? (pausedMs ?? now) : undefined
    await wait(20)
  }
  server.close()
  return [{ what: '48 partitions, the server away: memory', value: peak / 1e6, unit: 'MB', bounds: atMost(400) }]
}
