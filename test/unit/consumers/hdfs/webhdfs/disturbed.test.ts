import { pino } from 'pino'
import { afterEach, expect, test } from 'vitest'
import { createHttpFsStore } from '../../../../../consumers/hdfs/httpfs/store.ts'
import { createHdfsSink } from '../../../../../consumers/hdfs/sink.ts'
import { createWebHdfsStore } from '../../../../../consumers/hdfs/webhdfs/store.ts'
import { type FakeWebHdfs, startFakeWebHdfs } from '../../../../support/fake-webhdfs/fake-webhdfs.ts'
import { logOf } from '../../../../support/landing-log.ts'

const logger = pino({ level: 'silent' })
const { signal } = new AbortController()
const log = logOf(Array.from({ length: 60 }, (_, offset) => `event-${offset}`))
const bounds = { low: 0, high: log.length, committed: undefined }

let fake: FakeWebHdfs
afterEach(() => fake.close())

/** One writer of partition 0 until it has seen the whole log land, starting again whenever a landing is lost. */
async function write(kind: 'webhdfs' | 'httpfs', maxRecords: number): Promise<void> {
  const create = kind === 'httpfs' ? createHttpFsStore : createWebHdfsStore
  const store = create({ urls: fake.urls, user: 'clicktrail', path: '/data/events', idleTimeoutMs: 150 })
  const wait = () => new Promise<void>(resolve => setTimeout(resolve, 2))
  const sink = createHdfsSink({ store, topic: 't', logger, format: 'json', maxRecords, wait })
  for (let next = 0; next < log.length; ) {
    const from = await sink.start(0, bounds, signal)
    sink.add(
      0,
      log.filter(record => record.offset >= from),
      Date.now(),
    )
    for (;;) {
      const flushed = await sink.flush(0, signal)
      if (flushed === 'lost') break
      next = flushed.next
      if (sink.buffered(0).records === 0) break
    }
  }
}

/** Offsets in the files, in the order of the files' names; throws on a line that is not whole. */
function landedOffsets(): number[] {
  const files = [...fake.tree.files].filter(([path]) => path.startsWith('/data/events/')).sort()
  const lines = files.flatMap(([, content]) => content.toString().split('\n').filter(Boolean))
  return lines.map(line => JSON.parse(line).kafka.offset)
}

test.each(
  [1, 2, 3, 4, 5, 6, 7, 8].flatMap(seed => [
    { kind: 'webhdfs' as const, seed },
    { kind: 'httpfs' as const, seed },
  ]),
)('lands each offset once over $kind with two writers, whatever fails (seed $seed)', { timeout: 60_000 }, async one => {
  const { kind, seed } = one
  fake = await startFakeWebHdfs({ kind, nameNodes: 2, dataNodes: 3 })
  fake.disturb({ seed, rate: 0.12, outageRate: 0.03, outageMs: 40 })
  await Promise.all([write(kind, 7), write(kind, 4)])
  await fake.calm()
  expect(landedOffsets()).toEqual(log.map(record => record.offset))
  expect(fake.disturbed.size).toBeGreaterThan(3)
})
