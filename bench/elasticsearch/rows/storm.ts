import { atLeast, atMost, type Figure } from '../../collector/figures.ts'
import { createGeneratedReader } from '../../hdfs/generated-reader.ts'
import { scarceMs, startBulkServer } from '../bulk-server.ts'
import type { Flags } from '../options.ts'
import { write } from '../writing.ts'

const partitions = 3

/** Into a server that refuses with 429 whatever it has no room for. */
export async function storm({ thousands = 300 }: Flags): Promise<Figure[]> {
  const server = await startBulkServer('scarce')
  try {
    const records = Math.ceil((thousands * 1_000) / partitions)
    const total = records * partitions
    const { seconds } = await write(createGeneratedReader({ partitions, records }), server.url, 'bench', total)
    const { documents, refusals } = await server.tally()
    const goodput = ((total * scarceMs) / 1_000 / seconds) * 100
    return [
      { what: '429 storm: of what the server takes', value: goodput, unit: '%', bounds: atLeast(70) },
      { what: '… dropped', value: total - documents, unit: '', bounds: atMost(0) },
      { what: '… bulks refused', value: refusals, unit: '' },
    ]
  } finally {
    server.close()
  }
}
