import kafkajs from 'kafkajs'
import type { TopicRecord } from '../topic.ts'
import { backoffMs } from './backoff.ts'
import { cureOf, noSuchPartition, topicErrorOf } from './error.ts'
import { isKafkaBroker, type KafkaBroker, type KafkaCluster } from './kafkajs-internals.ts'
import { produce } from './produce.ts'
import { produceApi, replicasTimeoutMs } from './produce-request.ts'
import type { Sender, SenderOptions } from './sender.ts'
import { within } from './within.ts'

/** Of one send, the first included. */
const maxAttempts = 6
/** Bounds nothing but one request's array: bytes are bounded by `max.message.bytes`. */
const maxRecords = 10_000
/** New partitions and moved leaders are looked for in the background by the first send after this. */
const metadataMaxAgeMs = 10_000
/** So long another attempt waits for news of the leaders, milliseconds: whom kafkajs asks for them may be suspended, and the leader well. */
const lookMs = 1_000
/** What a leader's answer may take beside its wait for the other replicas, and the least that it is given for that. */
const answerMs = 250
const leastReplicasTimeoutMs = 100

/** What asking again for the leader doesn't change. */
function isFinal(error: unknown): boolean {
  return ['topic_missing', 'unauthorized'].includes(topicErrorOf(error, 'look for the leader').code)
}

/** Forgets a broker whose connection failed or fell silent: what else waits on it fails now, and the next send connects anew. */
function giveUp(cluster: KafkaCluster, broker: KafkaBroker, cause: Error): void {
  const { host, port, pool } = broker.connectionPool
  cluster.removeBroker({ host, port })
  for (const { requestQueue, socket } of pool) {
    requestQueue.rejectAll(cause)
    socket?.destroy()
  }
  broker.disconnect().catch(() => {})
}

/** The leader's range of Produce versions must hold ours: brokers before Kafka 2.1 are left to kafkajs. */
function unfitness(broker: KafkaBroker): string | undefined {
  if (!isKafkaBroker(broker)) return 'a connection of kafkajs lacks a part'
  const range = broker.versions?.[produceApi.apiKey]
  const fits = range && range.minVersion <= produceApi.apiVersion && produceApi.apiVersion <= range.maxVersion
  return fits ? undefined : `the broker does not take Produce version ${produceApi.apiVersion}`
}

/**
 * Sends records as bytes through kafkajs's own connections, past its encoder. Connects the cluster; returns the reason as a text,
 * disconnected again, when it can't be used in this way.
 */
export async function connectDirectSender(
  cluster: KafkaCluster,
  { topic, acks }: SenderOptions,
): Promise<Sender | string> {
  const givenUp = new WeakSet<KafkaBroker>()
  let partitions = 0
  let refreshedAt = Date.now()

  const refresh = async () => {
    refreshedAt = Date.now()
    if (!cluster.isConnected()) await cluster.connect()
    await cluster.refreshMetadata()
  }

  const metadata = () => {
    const known = cluster.findTopicPartitionMetadata(topic)
    if (known.length > 0) partitions = known.length
    return known
  }

  const leaderOf = (partition: number): number => {
    const leader = metadata().find(({ partitionId }) => partitionId === partition)?.leader ?? -1
    if (leader < 0) throw new kafkajs.KafkaJSTopicMetadataNotLoaded(`${topic}/${partition} has no leader that we know`)
    return leader
  }

  /** The first leader that is reached: another may be down, or a partition without one. */
  const anyLeader = async (): Promise<KafkaBroker> => {
    const leaders = new Set(metadata().map(({ leader }) => leader))
    let failure: unknown = new kafkajs.KafkaJSTopicMetadataNotLoaded(`no partition of ${topic} has a leader`)
    for (const nodeId of leaders) {
      if (nodeId < 0) continue
      try {
        return await cluster.findBroker({ nodeId })
      } catch (error) {
        failure = error
      }
    }
    throw failure
  }

  /** Whatever keeps us from a leader passes, also what kafkajs throws as a plain error in the middle of a handshake. */
  const reach = async (nodeId: number): Promise<KafkaBroker> => {
    try {
      return await cluster.findBroker({ nodeId })
    } catch (error) {
      if (isFinal(error)) throw error
      const detail = error instanceof Error ? error.message : String(error)
      const failure = new kafkajs.KafkaJSConnectionError(`broker ${nodeId} is not reached: ${detail}`)
      throw Object.assign(failure, { cause: error })
    }
  }

  const attempt = async (partition: number, records: readonly TopicRecord[], deadline: number): Promise<void> => {
    const broker = await reach(leaderOf(partition))
    const left = Math.max(leastReplicasTimeoutMs, deadline - Date.now() - answerMs)
    try {
      await produce(broker, { topic, partition, acks, records, timeoutMs: Math.min(replicasTimeoutMs, left) })
    } catch (error) {
      if (error instanceof Error && cureOf(error) === 'reconnect' && !givenUp.has(broker)) {
        givenUp.add(broker)
        giveUp(cluster, broker, error)
      }
      throw error
    }
  }

  const lookAgain = async (partition: number) => {
    try {
      await within(lookMs, `look for the leaders of ${topic}`, refresh())
    } catch (error) {
      if (isFinal(error)) throw error
      return
    }
    metadata()
    if (partition >= partitions) throw noSuchPartition(topic, partition, partitions)
  }

  try {
    await cluster.connect()
    await cluster.addTargetTopic(topic)
    const unfit = unfitness(await anyLeader())
    if (unfit) {
      await cluster.disconnect()
      return unfit
    }
  } catch (error) {
    await cluster.disconnect().catch(() => {})
    throw topicErrorOf(error, `connect to the brokers of ${topic}`)
  }

  return {
    path: 'direct',
    maxRecords,
    partitions: () => partitions,
    async send(partition, records, deadline) {
      if (Date.now() - refreshedAt > metadataMaxAgeMs) refresh().catch(() => {})
      for (let failures = 0; ; failures++) {
        try {
          return await attempt(partition, records, deadline)
        } catch (error) {
          const pauseMs = backoffMs(failures)
          // one more that the deadline cuts off would hide the cause of this one
          const late = Date.now() + pauseMs + leastReplicasTimeoutMs + answerMs >= deadline
          if (cureOf(error) === 'none' || failures + 1 >= maxAttempts || late) throw error
          await new Promise(resolve => setTimeout(resolve, pauseMs))
          await lookAgain(partition)
        }
      }
    },
    close: () => cluster.disconnect(),
  }
}
