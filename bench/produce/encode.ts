import { stockProduceRequest } from '../../test/support/stock-produce-request.ts'
import { encodeProduceRequest, type ProduceRequest } from '../../topic/kafka/produce-request.ts'
import { cpuMicros, type Pair } from './pair.ts'

/** Requests before the first figure, and of each figure. */
const warmUp = 200
const requests = 300

/** CPU microseconds a record, of encoding `records` into produce requests, frame included; garbage collection counts. */
export async function measureEncode(records: ProduceRequest['records'], rounds: number): Promise<Pair[]> {
  const request: ProduceRequest = {
    clientId: 'clicktrail',
    correlationId: 7,
    acks: 1,
    timeoutMs: 4_000,
    topic: 'clicks',
    partition: 0,
    timestampMs: Date.now(),
    records,
  }
  const direct = async (count: number) => {
    for (let n = 0; n < count; n++) encodeProduceRequest(request)
  }
  const stock = async (count: number) => {
    for (let n = 0; n < count; n++) await stockProduceRequest(request)
  }
  const microsOf = async (encode: (count: number) => Promise<void>) =>
    (await cpuMicros(() => encode(requests))) / (requests * records.length)
  await direct(warmUp)
  await stock(warmUp)
  const pairs: Pair[] = []
  for (let round = 0; round < rounds; round++) {
    pairs.push({ stock: await microsOf(stock), direct: await microsOf(direct) })
  }
  return pairs
}
