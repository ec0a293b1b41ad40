import { setTimeout as sleep } from 'node:timers/promises'
import type { Kafka } from 'kafkajs'
import { TopicError, type TopicRecord, type TopicWriter } from '../topic.ts'
import { adminSession } from './admin-session.ts'
import { awaitTopic } from './await-topic.ts'
import { backoffMs } from './backoff.ts'
import { connectSender } from './connect-sender.ts'
import { noSuchPartition, topicErrorOf } from './error.ts'
import { sendHalving } from './send-halving.ts'
import type { Sender, SenderOptions } from './sender.ts'
import { maxValueBytes, splitBatch } from './split-batch.ts'
import { within } from './within.ts'

export interface KafkaWriterOptions extends SenderOptions {
  /** How long each batch of an append (1 MB, or what the topic takes) may wait for its acknowledgement, retries included. @default 4500 */
  deadlineMs?: number
}

/** Assumed when the topic's configuration can't be read. */
const defaultMaxMessageBytes = 1_000_000
/** A little less than what the collector gives a batch, so that it learns the cause. */
const defaultDeadlineMs = 4_500

/**
 * A writer that comes up by itself, now or when the brokers do, and never makes the topic. An append before that rejects as soon as
 * the first attempt to connect has failed. It sends one partition a request and believes only an answer that names it. A leader that
 * moved is followed within the deadline: after a lost answer the same records may be on the log twice, as after a rejection.
 */
export function createKafkaWriter(kafka: Kafka, options: KafkaWriterOptions): TopicWriter {
  const { topic, logger, deadlineMs = defaultDeadlineMs } = options
  const session = adminSession(kafka)
  const closing = new AbortController()
  const inFlight = new Set<Promise<void>>()
  let sender: Sender | undefined
  let known = 0
  let maxMessageBytes = defaultMaxMessageBytes
  let trouble: TopicError | undefined
  let comingUp: Promise<void> | undefined
  let firstAttempt = () => {}
  const attempted = new Promise<void>(resolve => {
    firstAttempt = resolve
  })
  const closed = () => new TopicError('closed', `this writer of ${topic} is closed`)
  const partitions = () => sender?.partitions() || known

  const onFailure = (error: TopicError) => {
    trouble = error
    firstAttempt()
  }

  const connect = async (): Promise<Sender> => {
    for (let attempt = 0; ; attempt++) {
      try {
        return await connectSender(kafka, options)
      } catch (error) {
        const failure = topicErrorOf(error, `connect to the brokers of ${topic}`)
        onFailure(failure)
        logger?.warn({ topic, err: failure }, 'connecting to the brokers failed; trying again')
      }
      await sleep(backoffMs(attempt), undefined, { signal: closing.signal })
    }
  }

  const comeUp = async () => {
    const facts = await awaitTopic({ session, topic, signal: closing.signal, logger, onFailure })
    if (!sender) {
      const connected = await connect()
      if (closing.signal.aborted) return connected.close()
      sender = connected
    }
    known = facts.partitions
    maxMessageBytes = facts.maxMessageBytes ?? defaultMaxMessageBytes
    trouble = undefined
    firstAttempt()
  }

  const startComingUp = () => {
    if (comingUp || closing.signal.aborted) return
    comingUp = comeUp()
      .catch(error => {
        if (!closing.signal.aborted) logger?.error({ topic, err: error }, 'the writer could not come up')
      })
      .finally(() => {
        comingUp = undefined
      })
  }

  const checkSizes = (records: readonly TopicRecord[]) => {
    const limit = maxValueBytes(maxMessageBytes)
    const index = records.findIndex(record => record.value.byteLength > limit)
    if (index < 0) return
    const size = records[index]?.value.byteLength
    throw new TopicError('record_too_large', `${topic} takes ${limit} bytes, not ${size}`, { index })
  }

  const appendAll = async (partition: number, records: readonly TopicRecord[]) => {
    const operation = `append to ${topic}/${partition}`
    if (!sender) await within(deadlineMs, operation, attempted)
    if (closing.signal.aborted) throw closed()
    const way = sender
    if (!way) throw trouble ?? new TopicError('unavailable', `${topic} is not known yet`)
    if (!Number.isInteger(partition) || partition < 0 || partition >= partitions()) {
      throw noSuchPartition(topic, partition, partitions())
    }
    checkSizes(records)
    let from = 0
    for (const run of splitBatch(records, { maxMessageBytes, maxRecords: way.maxRecords })) {
      const deadline = Date.now() + deadlineMs
      const send = async (some: readonly TopicRecord[]) => {
        if (Date.now() < deadline) await way.send(partition, some, deadline)
        else throw new TopicError('unavailable', `${operation}: out of time`)
      }
      const sent = sendHalving({ send, records: run, from, operation, onTooLarge: startComingUp })
      await within(deadlineMs, operation, sent)
      from += run.length
    }
  }

  startComingUp()

  return {
    topic,
    async ready() {
      while (comingUp) await comingUp
      if (closing.signal.aborted) throw closed()
    },
    partitions,
    maxRecordBytes: () => maxValueBytes(maxMessageBytes),
    async append(partition, records) {
      if (closing.signal.aborted) throw closed()
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
      await sender?.close().catch(error => logger?.warn({ topic, err: error }, 'disconnecting failed'))
      await session.close()
    },
  }
}
