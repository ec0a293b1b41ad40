import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs, { type Kafka, type Message } from 'kafkajs'
import type { Logger } from 'pino'
import { TopicError, type TopicRecord, type TopicWriter } from '../topic.ts'
import { adminSession } from './admin-session.ts'
import { awaitTopic } from './await-topic.ts'
import { backoffMs } from './backoff.ts'
import { topicErrorOf } from './error.ts'
import { maxValueBytes, splitBatch } from './split-batch.ts'

export interface KafkaWriterOptions {
  topic: string
  /** Whose acknowledgement an append waits for: nobody's (0), the leader's (1), all in-sync replicas' (-1). */
  acks: 0 | 1 | -1
  logger?: Logger
}

/** kafkajs gathers a partition's messages in quadratic time: longer runs cost more than they save. */
const maxSendRecords = 1_000
/** Assumed when the topic's configuration can't be read. */
const defaultMaxMessageBytes = 1_000_000
/** New partitions are seen by the first append after this. */
const metadataMaxAgeMs = 10_000

function messageOf({ value, headers }: TopicRecord, partition: number): Message {
  const bytes = Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  return headers ? { partition, key: null, value: bytes, headers } : { partition, key: null, value: bytes }
}

/**
 * A writer that comes up by itself, now or when the brokers do, and never makes the topic. An append before that rejects as soon as
 * the first attempt to connect has failed. It sends one partition a request and believes only an answer that names it.
 */
export function createKafkaWriter(kafka: Kafka, { topic, acks, logger }: KafkaWriterOptions): TopicWriter {
  const session = adminSession(kafka)
  const closing = new AbortController()
  const inFlight = new Set<Promise<void>>()
  let partitions = 0
  let maxMessageBytes = defaultMaxMessageBytes
  let trouble: TopicError | undefined
  let comingUp: Promise<void> | undefined
  let firstAttempt = () => {}
  const attempted = new Promise<void>(resolve => {
    firstAttempt = resolve
  })

  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    idempotent: false,
    metadataMaxAge: metadataMaxAgeMs,
    retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000 },
    createPartitioner: () => args => {
      partitions = Math.max(partitions, args.partitionMetadata.length)
      return args.message.partition ?? 0
    },
  })

  const connect = async () => {
    for (let attempt = 0; ; attempt++) {
      try {
        await producer.connect()
        return
      } catch (error) {
        trouble = topicErrorOf(error, `connect to the brokers of ${topic}`)
        firstAttempt()
        logger?.warn({ topic, err: trouble }, 'connecting to the brokers failed; trying again')
      }
      await sleep(backoffMs(attempt), undefined, { signal: closing.signal })
    }
  }

  const comeUp = async () => {
    const onFailure = (error: TopicError) => {
      trouble = error
      firstAttempt()
    }
    const facts = await awaitTopic({ session, topic, signal: closing.signal, logger, onFailure })
    await connect()
    partitions = Math.max(partitions, facts.partitions)
    maxMessageBytes = facts.maxMessageBytes ?? defaultMaxMessageBytes
    trouble = undefined
    firstAttempt()
    comingUp = undefined
  }

  const startComingUp = () => {
    if (comingUp || closing.signal.aborted) return
    comingUp = comeUp()
    comingUp.catch(error => {
      comingUp = undefined
      if (!closing.signal.aborted) logger?.error({ topic, err: error }, 'the writer could not come up')
    })
  }

  const send = async (partition: number, records: readonly TopicRecord[], from: number): Promise<void> => {
    const operation = `append to ${topic}/${partition}`
    try {
      const messages = records.map(record => messageOf(record, partition))
      const answers = await producer.send({ topic, acks, compression: kafkajs.CompressionTypes.None, messages })
      const answer = answers.find(({ topicName, partition: named }) => topicName === topic && named === partition)
      if (acks !== 0 && answer?.errorCode !== 0) {
        throw new TopicError('unavailable', `${operation}: the answer does not acknowledge the partition`)
      }
    } catch (error) {
      const failure = topicErrorOf(error, operation)
      if (failure.code !== 'record_too_large') throw failure
      if (records.length === 1) throw new TopicError(failure.code, failure.message, { cause: error, index: from })
      const middle = records.length >> 1
      await send(partition, records.slice(0, middle), from)
      await send(partition, records.slice(middle), from + middle)
    }
  }

  const appendAll = async (partition: number, records: readonly TopicRecord[]) => {
    await attempted
    if (closing.signal.aborted) throw new TopicError('closed', `this writer of ${topic} is closed`)
    if (partitions === 0) throw trouble ?? new TopicError('unavailable', `${topic} is not known yet`)
    if (!Number.isInteger(partition) || partition < 0 || partition >= partitions) {
      throw new TopicError('closed', `${topic} has no partition ${partition}`)
    }
    const index = records.findIndex(record => record.value.byteLength > maxValueBytes(maxMessageBytes))
    if (index >= 0) {
      const size = records[index]?.value.byteLength
      const limit = maxValueBytes(maxMessageBytes)
      throw new TopicError('record_too_large', `${topic} takes ${limit} bytes, not ${size}`, { index })
    }
    let from = 0
    for (const run of splitBatch(records, { maxMessageBytes, maxRecords: maxSendRecords })) {
      await send(partition, run, from)
      from += run.length
    }
  }

  startComingUp()

  return {
    topic,
    async ready() {
      while (comingUp) await comingUp.catch(() => {})
      if (closing.signal.aborted) throw new TopicError('closed', `this writer of ${topic} is closed`)
    },
    partitions: () => partitions,
    maxRecordBytes: () => maxValueBytes(maxMessageBytes),
    async append(partition, records) {
      if (closing.signal.aborted) throw new TopicError('closed', `this writer of ${topic} is closed`)
      const appended = appendAll(partition, records)
      inFlight.add(appended)
      try {
        await appended
      } catch (error) {
        const failure = topicErrorOf(error, `append to ${topic}/${partition}`)
        if (failure.retriable) {
          trouble = failure
          startComingUp()
        }
        throw failure
      } finally {
        inFlight.delete(appended)
      }
    },
    async close() {
      closing.abort()
      firstAttempt()
      await Promise.allSettled(inFlight)
      await producer.disconnect().catch(error => logger?.warn({ topic, err: error }, 'disconnecting failed'))
      await session.close()
    },
  }
}
