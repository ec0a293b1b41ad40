import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { connectHdfs } from '../../consumers/hdfs/connect.ts'
import { createHdfsSink } from '../../consumers/hdfs/sink.ts'
import { describeSink } from '../support/describe-sink.ts'
import { hdfsRows } from '../support/landed-rows.ts'
import { logRecords } from '../support/log-records.ts'

const webHdfs = process.env['HDFS_URL'] ?? 'http://127.0.0.1:9870'
const httpFs = process.env['HTTPFS_URL'] ?? 'http://127.0.0.1:14000'
const logger = pino({ level: 'silent' })
const { signal } = new AbortController()

async function openTable(url: string) {
  const path = `/tmp/clicktrail-sink-${randomUUID()}/events`
  const store = await connectHdfs({ urls: [url], user: 'clicktrail', path, logger })
  return {
    path,
    open: (maxRecords?: number) => createHdfsSink({ store, topic: 't', logger, ...(maxRecords && { maxRecords }) }),
  }
}

for (const [name, url] of [
  ['WebHDFS', webHdfs],
  ['HttpFS', httpFs],
] as const) {
  describeSink(`HDFS files through ${name}`, async () => {
    const { path, open } = await openTable(url)
    return {
      open: () => open(),
      landed: async partition => {
        const rows = (await hdfsRows(webHdfs, path)).filter(row => row.kafka.partition === partition)
        return rows.map(row => ({ offset: row.kafka.offset, id: row.event.id }))
      },
      close: async () => {},
    }
  })
}

test('lands 5,000 records once in real HDFS with a restart in the middle of a file and a rival all along', async () => {
  const { path, open } = await openTable(webHdfs)
  const log = logRecords(0, 0, 5_000)
  const high = log.length

  async function work(maxRecords: number, files: number): Promise<void> {
    const sink = open(maxRecords)
    for (let landed = 0; landed < files; ) {
      const from = await sink.start(0, { low: 0, high, committed: undefined }, signal)
      sink.add(0, log.slice(from), 0)
      while (landed < files) {
        if (sink.buffered(0).records === 0) return
        if ((await sink.flush(0, signal)) === 'lost') break
        landed++
      }
    }
    // The rest of the buffer is gone with the process.
  }

  await Promise.all([work(300, 4), work(200, 4)])
  await Promise.all([work(500, 100), work(400, 100)])
  const offsets = (await hdfsRows(webHdfs, path)).map(row => row.kafka.offset).sort((a, b) => a - b)
  expect(offsets).toEqual(log.map(record => record.offset))
})
