import { atLeast, atMost, type Figure } from '../../collector/figures.ts'
import { createGeneratedReader } from '../../hdfs/generated-reader.ts'
import { makeRecords } from '../../hdfs/records.ts'
import { startBulkServer } from '../bulk-server.ts'
import { cpuMeter } from '../cpu-meter.ts'
import type { Flags } from '../options.ts'
import { bodiesOf, postRaw } from '../raw-posts.ts'
import { bulkRecords, read, write } from '../writing.ts'

const partitions = 3
const warmUpRecords = 100_000
/** As many of the writer's as it may have in flight. */
const connections = 8
/** Records of a yardstick, the same ones several times. */
const yardstick = { records: 20_000, times: 10 }

/** CPU ms for 1,000 documents of what a writer can't do without, or could do instead: how fast this machine is just now. */
async function yardsticks(url: string): Promise<{ raw: number; json: number }> {
  const records = makeRecords(0, 0, yardstick.records, 0)
  const bodies = bodiesOf(records, 'bench', bulkRecords)
  const times = Array.from({ length: yardstick.times })
  const measure = async (run: () => unknown) => {
    await run()
    const cpuSeconds = cpuMeter()
    for (const _ of times) await run()
    return (cpuSeconds() * 1e6) / (yardstick.records * yardstick.times)
  }
  const raw = await measure(() => postRaw(url, bodies, connections))
  const json = await measure(() => {
    for (const { value } of records) Buffer.from(JSON.stringify(JSON.parse(String(value))))
  })
  return { raw, json }
}

/** Into a server that takes every bulk at once, from a log that is made up: the client alone, less what making it up takes. */
export async function fake({ thousands = 600 }: Flags): Promise<Figure[]> {
  const server = await startBulkServer('instant')
  const logOf = (records: number) => createGeneratedReader({ partitions, records })
  try {
    const records = Math.ceil((thousands * 1_000) / partitions)
    const total = records * partitions
    await write(logOf(warmUpRecords), server.url, 'bench', warmUpRecords * partitions)
    const { seconds, cpuSeconds, peakBytes } = await write(logOf(records), server.url, 'bench', total)
    const cpuMs = ((cpuSeconds - (await read(logOf(records), total))) * 1e6) / total
    const { raw, json } = await yardsticks(server.url)
    return [
      { what: 'into a fake, documents a second', value: total / seconds, unit: '', bounds: atLeast(50_000) },
      { what: '… CPU ms for 1,000 documents', value: cpuMs, unit: 'ms', bounds: atMost(2.5) },
      { what: '… raw posts of ready bodies: CPU ms for 1,000', value: raw, unit: 'ms' },
      { what: '… JSON.parse and stringify alone: CPU ms for 1,000', value: json, unit: 'ms' },
      { what: '… cores that it had', value: cpuSeconds / seconds, unit: '' },
      { what: '… memory', value: peakBytes / 1e6, unit: 'MB', bounds: atMost(400) },
    ]
  } finally {
    server.close()
  }
}
