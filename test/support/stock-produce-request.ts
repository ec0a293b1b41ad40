import { createRequire } from 'node:module'
import type { ProduceRequest } from '../../topic/kafka/produce-request.ts'

const require = createRequire(import.meta.url)
const produceV7: (request: object) => object = require('kafkajs/src/protocol/requests/produce/v7/request')
const frame: (frame: { request: object; correlationId: number; clientId: string }) => Promise<{ buffer: Buffer }> =
  require('kafkajs/src/protocol/request')

/**
 * What kafkajs's own encoder makes of the same records, by the way that `producer.send` takes. It takes the batch's time from the
 * clock, unless `timestamp` (ms, as a text) is given to every record.
 */
export async function stockProduceRequest(request: ProduceRequest, timestamp?: string): Promise<Buffer> {
  const { acks, timeoutMs, topic, partition, correlationId, clientId } = request
  const messages = request.records.map(({ value, headers }) => ({
    key: null,
    value,
    ...(headers ? { headers } : {}),
    ...(timestamp ? { timestamp } : {}),
  }))
  const topicData = [{ topic, partitions: [{ partition, firstSequence: 0, messages }] }]
  const inner = produceV7({ acks, timeout: timeoutMs, producerId: -1, producerEpoch: 0, compression: 0, topicData })
  return (await frame({ request: inner, correlationId, clientId })).buffer
}
