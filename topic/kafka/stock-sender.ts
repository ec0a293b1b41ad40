import kafkajs, { type Kafka, type Message } from 'kafkajs'
import type { TopicRecord } from '../topic.ts'
import { noSuchPartition, topicErrorOf } from './error.ts'
import { produceFailure } from './produce-answer.ts'
import { replicasTimeoutMs } from './produce-request.ts'
import type { Sender, SenderOptions } from './sender.ts'

/** kafkajs gathers a partition's messages in quadratic time: longer runs cost more than they save. */
const maxRecords = 1_000
/** New partitions are seen by the first send after this. */
const metadataMaxAge = 10_000

function messageOf({ value, headers }: TopicRecord, partition: number): Message {
  const bytes = Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  return headers ? { partition, key: null, value: bytes, headers } : { partition, key: null, value: bytes }
}

/** kafkajs's public producer: what is left where its inner parts are not the ones that we know. It retries by itself. */
export async function connectStockSender(kafka: Kafka, { topic, acks }: SenderOptions): Promise<Sender> {
  let partitions = 0
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    idempotent: false,
    metadataMaxAge,
    retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000 },
    createPartitioner: () => args => {
      partitions = args.partitionMetadata.length
      return args.message.partition ?? 0
    },
  })
  try {
    await producer.connect()
  } catch (error) {
    await producer.disconnect().catch(() => {})
    throw topicErrorOf(error, `connect to the brokers of ${topic}`)
  }
  return {
    path: 'stock',
    maxRecords,
    partitions: () => partitions,
    async send(partition, records) {
      const messages = records.map(record => messageOf(record, partition))
      const answers = await producer.send({
        topic,
        acks,
        timeout: replicasTimeoutMs,
        compression: kafkajs.CompressionTypes.None,
        messages,
      })
      // kafkajs sends nothing where it finds no partition, and says nothing
      if (partitions > 0 && partition >= partitions) throw noSuchPartition(topic, partition, partitions)
      if (acks === 0) return
      const answer = answers.find(({ topicName, partition: named }) => topicName === topic && named === partition)
      const failure = produceFailure({ errorCode: answer?.errorCode, throttleMs: 0 })
      if (failure) throw failure
    },
    close: () => producer.disconnect(),
  }
}
