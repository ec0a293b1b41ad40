import { gunzipSync, gzipSync } from 'node:zlib'
import { pino } from 'pino'
import { createHdfsSink, type HdfsSinkOptions } from '../../consumers/hdfs/sink.ts'
import type { LandingStore } from '../../consumers/hdfs/store.ts'
import type { Sink } from '../../consumers/sink.ts'
import type { LogRecord } from '../../topic/topic.ts'

/** Lands all that a log holds from where the sink wants to go on, as a writer would; returns where it went on. */
export async function landAll(
  sink: Sink,
  log: readonly LogRecord[],
  { partition = 0, low = 0, committed }: { partition?: number; low?: number; committed?: number } = {},
): Promise<number> {
  const { signal } = new AbortController()
  const high = (log.at(-1)?.offset ?? -1) + 1
  const commit = committed === undefined ? undefined : { next: committed, metadata: '' }
  const from = await sink.start(partition, { low, high, committed: commit }, signal)
  sink.add(
    partition,
    log.filter(record => record.offset >= Math.max(low, from)),
    0,
  )
  do {
    if ((await sink.flush(partition, signal)) === 'lost') throw new Error('somebody else landed')
  } while (sink.buffered(partition).records > 0)
  return from
}

/** A sink without a log of its own. */
export function sinkInto(store: LandingStore, options: Partial<HdfsSinkOptions> = {}): Sink {
  return createHdfsSink({ store, topic: 't', logger: pino({ level: 'silent' }), ...options })
}

/** Lines as a landed file holds them: the last one in a gzip member of its own. */
export function gzipLines(lines: readonly (string | Buffer)[]): Buffer {
  const raw = lines.map(line => Buffer.concat([Buffer.from(line), Buffer.from('\n')]))
  return Buffer.concat(
    [Buffer.concat(raw.slice(0, -1)), ...raw.slice(-1)].filter(part => part.length > 0).map(part => gzipSync(part)),
  )
}

/** The lines of a landed file. */
export function linesOf(content: Buffer): string[] {
  return gunzipSync(content).toString().trimEnd().split('\n')
}
