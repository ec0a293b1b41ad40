import { atLeast, atMost, type Figure } from '../../collector/figures.ts'
import { createGeneratedReader } from '../../hdfs/generated-reader.ts'
import { startBulkServer } from '../bulk-server.ts'
import type { Flags } from '../options.ts'
import { write } from '../writing.ts'

const partitions = 3

/** Into a server that takes every bulk at once, from a log that is made up: the client alone. */
export async function fake({ thousands = 600 }: Flags): Promise<Figure[]> {
  const server = await startBulkServer('instant')
  try {
    const records = Math.ceil((thousands * 1_000) / partitions)
    const total = records * partitions
    await write(createGeneratedReader({ partitions, records: 20_000 }), server.url, 'bench', 20_000 * partitions)
    const { seconds, cpuSeconds, peakBytes } = await write(
      createGeneratedReader({ partitions, records }),
      server.url,
      'bench',
      total,
    )
    return [
      { what: 'into a fake, documents a second', value: total / seconds, unit: '', bounds: atLeast(50_000) },
      { what: '… CPU ms for 1,000 documents', value: (cpuSeconds * 1e6) / total, unit: 'ms', bounds: atMost(2.5) },
      { what: '… cores that it had', value: cpuSeconds / seconds, unit: '' },
      { what: '… memory', value: peakBytes / 1e6, unit: 'MB', bounds: atMost(400) },
    ]
  } finally {
    server.close()
  }
}
