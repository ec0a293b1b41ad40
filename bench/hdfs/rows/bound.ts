import { createCompressor } from '../../../consumers/hdfs/compressor.ts'
import { createFileBuffer } from '../../../consumers/hdfs/file-buffer.ts'
import { landedEnd, readRecord } from '../../../topic/record.ts'
import type { Figure } from '../../collector/figures.ts'
import { makeRecords } from '../records.ts'

/** What reading and compressing alone cost: the same functions as the writer's, without partitions, windows, queue and storage. */
export async function bound(thousands = 1_500): Promise<Figure[]> {
  const compressor = createCompressor()
  const total = thousands * 1_000
  const cpu = process.cpuUsage()
  const began = performance.now()
  let rawBytes = 0
  let fileBytes = 0
  for (let offset = 0; offset < total; ) {
    const file = createFileBuffer('json.gz', compressor)
    for (const end = offset + total / 10; offset < end; offset += 500) {
      for (const { value, offset: at } of makeRecords(0, offset, 500, 0)) {
        const read = readRecord(value)
        if (!read.ok) throw new Error(read.message)
        rawBytes += read.json.length
        file.push(read.json, landedEnd({ topic: 'bench', partition: 0, offset: at }))
      }
      await (compressor.room() ?? new Promise(setImmediate))
    }
    await file.finish()
    fileBytes += file.bytes()
  }
  const seconds = (performance.now() - began) / 1_000
  const { user, system } = process.cpuUsage(cpu)
  return [
    { what: 'decode and gzip alone', value: total / seconds, unit: 'events/s' },
    { what: '… CPU µs an event', value: (user + system) / total, unit: '' },
    { what: '… cores that it had', value: (user + system) / 1e6 / seconds, unit: '' },
    { what: '… raw bytes by compressed', value: rawBytes / fileBytes, unit: 'x' },
  ]
}
