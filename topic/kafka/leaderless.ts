import type { Kafka } from 'kafkajs'
import { clusterCreatorOf, isObject, knownInstalled, part } from './kafkajs-internals.ts'

/** Metadata (key 3): who leads what. */
const metadataKey = 3

type Method = (...args: unknown[]) => unknown

/** Puts `wrapped` in the place of a method. Does nothing where there is none. */
function wrap(target: unknown, name: string, wrapped: (original: Method) => Method): void {
  const original = part(target, name)
  if (!isObject(target) || typeof original !== 'function') return
  Reflect.set(
    target,
    name,
    wrapped((...args) => Reflect.apply(original, target, args)),
  )
}

/** The answer with the partitions' errors taken off: the leader of one that has none stays −1. */
function withoutPartitionErrors(answer: unknown): unknown {
  const topics = part(answer, 'topicMetadata')
  if (!isObject(answer) || !Array.isArray(topics)) return answer
  const topicMetadata = topics.map((topic: unknown) => {
    const partitions = part(topic, 'partitionMetadata')
    if (!isObject(topic) || !Array.isArray(partitions)) return topic
    return { ...topic, partitionMetadata: partitions.map(partition => ({ ...partition, partitionErrorCode: 0 })) }
  })
  return { ...answer, topicMetadata }
}

/** A request as kafkajs hands it to a connection; that of Metadata with a `parse` that minds only the topics' errors. */
function tolerant(request: unknown): unknown {
  const response = part(request, 'response')
  const parse = part(response, 'parse')
  if (part(part(request, 'request'), 'apiKey') !== metadataKey || !isObject(request) || !isObject(response)) {
    return request
  }
  if (typeof parse !== 'function') return request
  const parseAll = (answer: unknown) => Reflect.apply(parse, response, [withoutPartitionErrors(answer)])
  return { ...request, response: { ...response, parse: parseAll } }
}

/**
 * The same client, but one partition without a leader does not hide the others: kafkajs refuses a whole Metadata answer for an error
 * of one partition, so that it neither connects nor learns of leaders that moved. Such a partition's leader is −1. Returns the
 * client as it is when this kafkajs is not the one that we know.
 */
export function despiteLeaderless(kafka: Kafka): Kafka {
  const creator = clusterCreatorOf(kafka)
  if (!creator || !knownInstalled()) return kafka
  const client: Kafka = Object.create(kafka)
  const create = (options: unknown) => {
    const cluster: unknown = creator.create(options)
    wrap(part(cluster, 'connectionPoolBuilder'), 'build', build => async destination => {
      const connectionPool = await build(destination)
      wrap(connectionPool, 'send', send => request => send(tolerant(request)))
      return connectionPool
    })
    return cluster
  }
  return Object.defineProperty(client, creator.name, { value: create, enumerable: true })
}
