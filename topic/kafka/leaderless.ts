import { createRequire } from 'node:module'
import { isObject, knownInstalled, part } from './kafkajs-internals.ts'

const load = createRequire(import.meta.url)
const patched = Symbol('minds no partition without a leader')
/** Of the Metadata API, as far as kafkajs speaks it. */
const versions = [0, 1, 2, 3, 4, 5, 6]

type Parse = (answer: unknown) => Promise<unknown>

interface AskedTopic {
  topic: string
  partitions: readonly { partition: number }[]
}

interface Cluster {
  findTopicPartitionMetadata(topic: string): readonly { partitionId: number; leader: number }[]
}

type FetchTopicsOffset = (this: Cluster, topics: readonly AskedTopic[]) => Promise<readonly unknown[]>

function isParse(value: unknown): value is Parse {
  return typeof value === 'function'
}

function isFetchTopicsOffset(value: unknown): value is FetchTopicsOffset {
  return typeof value === 'function'
}

/** The answer with the partitions' errors taken off: the leader of one that has none stays −1. */
function withoutPartitionErrors(answer: unknown): unknown {
  const topics = part(answer, 'topicMetadata')
  if (!isObject(answer) || !Array.isArray(topics)) return answer
  const topicMetadata = topics.map((topic: unknown) => {
    const partitions = part(topic, 'partitionMetadata')
    if (!isObject(topic) || !Array.isArray(partitions)) return topic
    return { ...topic, partitionMetadata: partitions.map(one => ({ ...one, partitionErrorCode: 0 })) }
  })
  return { ...answer, topicMetadata }
}

function mindTopicsOnly(response: object): void {
  const parse = part(response, 'parse')
  if (isParse(parse)) Reflect.set(response, 'parse', (answer: unknown) => parse(withoutPartitionErrors(answer)))
}

/** Leaves out the partitions that nobody can be asked about. */
function askLeadersOnly(Cluster: unknown): void {
  const prototype = typeof Cluster === 'function' ? Cluster.prototype : undefined
  const fetchTopicsOffset = part(prototype, 'fetchTopicsOffset')
  if (!isObject(prototype) || !isFetchTopicsOffset(fetchTopicsOffset)) return
  const fetchOfLeaders: FetchTopicsOffset = async function (topics) {
    const led = topics.map(asked => {
      const known = this.findTopicPartitionMetadata(asked.topic)
      const leaderless = new Set(known.filter(({ leader }) => leader < 0).map(({ partitionId }) => partitionId))
      return { ...asked, partitions: asked.partitions.filter(({ partition }) => !leaderless.has(partition)) }
    })
    const some = led.filter(({ partitions }) => partitions.length > 0)
    const none = led.filter(({ partitions }) => partitions.length === 0)
    const offsets = some.length > 0 ? await fetchTopicsOffset.call(this, some) : []
    return [...offsets, ...none.map(({ topic }) => ({ topic, partitions: [] }))]
  }
  Reflect.set(prototype, 'fetchTopicsOffset', fetchOfLeaders)
}

/**
 * Keeps kafkajs 2.2.4 going with the partitions that have a leader; calling it again changes nothing. kafkajs refuses a whole Metadata
 * answer for an error of one partition: it then neither connects nor learns of leaders that moved, and a consumer leaves its group.
 * With this, such a partition's leader is −1: sending there fails, fetching waits (a leader is seen within the member's
 * `metadataMaxAge`), and it is absent from the offsets of its topic. Does nothing to any other version.
 */
export function despiteLeaderless(): void {
  if (!knownInstalled()) return
  const api: unknown = load('kafkajs/src/protocol/requests/metadata/index.js')
  if (!isObject(api) || Reflect.has(api, patched)) return
  // all of them before the first is changed: the later ones take their `parse` from it
  const responses = versions.map(version => load(`kafkajs/src/protocol/requests/metadata/v${version}/response.js`))
  for (const response of responses) mindTopicsOnly(response)
  askLeadersOnly(load('kafkajs/src/cluster/index.js'))
  Reflect.set(api, patched, true)
}
