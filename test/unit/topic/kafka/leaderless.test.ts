import { createRequire } from 'node:module'
import { beforeAll, describe, expect, test } from 'vitest'
import { kafkaClient } from '../../../../topic/kafka/connect.ts'
import { openCluster, part } from '../../../../topic/kafka/kafkajs-internals.ts'

const load = createRequire(import.meta.url)
/** As long as an election lasts, or the only broker of a partition is away. */
const LEADER_NOT_AVAILABLE = 5
const REPLICA_NOT_AVAILABLE = 9
const TOPIC_AUTHORIZATION_FAILED = 29

const partition = (partitionId: number, partitionErrorCode = 0, leader = partitionErrorCode === 5 ? -1 : 1) => ({
  partitionErrorCode,
  partitionId,
  leader,
  replicas: [1],
  isr: [1],
  offlineReplicas: [],
})
const metadata = (partitionMetadata: object[], topicErrorCode = 0) => ({
  brokers: [],
  topicMetadata: [{ topicErrorCode, topic: 'clicks', isInternal: false, partitionMetadata }],
})

beforeAll(() => {
  kafkaClient({ brokers: ['127.0.0.1:1'] })
})

describe.each([0, 1, 2, 3, 4, 5, 6])("kafkajs's Metadata answer, version %i", version => {
  const parse = (answer: object) => load(`kafkajs/src/protocol/requests/metadata/v${version}/response.js`).parse(answer)

  test('tells of a partition without a leader, and of the others', async () => {
    const answer = await parse(metadata([partition(0), partition(1, LEADER_NOT_AVAILABLE)]))
    expect(answer.topicMetadata[0].partitionMetadata).toMatchObject([{ leader: 1 }, { partitionId: 1, leader: -1 }])
  })

  test('believes a leader whose replica is away', async () => {
    const answer = await parse(metadata([partition(0, REPLICA_NOT_AVAILABLE, 3)]))
    expect(answer.topicMetadata[0].partitionMetadata).toMatchObject([{ leader: 3 }])
  })

  test('fails for what is wrong with the topic', async () => {
    const type = 'TOPIC_AUTHORIZATION_FAILED'
    await expect(parse(metadata([], TOPIC_AUTHORIZATION_FAILED))).rejects.toMatchObject({ type })
  })
})

test('decodes what a broker sends before it minds a partition', async () => {
  const Encoder = load('kafkajs/src/protocol/encoder.js')
  const ids = (encoder: { writeArray(values: number[]): void }) => encoder.writeArray([2])
  const bytes = new Encoder()
    .writeInt32(0)
    .writeArray([new Encoder().writeInt32(1).writeString('kafka').writeInt32(9092).writeString(null)])
    .writeString('cluster')
    .writeInt32(1)
    .writeInt32(1)
    .writeInt16(0)
    .writeString('clicks')
    .writeBoolean(false)
    .writeInt32(2)
  for (const [code, id, leader] of [
    [0, 0, 1],
    [LEADER_NOT_AVAILABLE, 1, -1],
  ]) {
    bytes.writeInt16(code).writeInt32(id).writeInt32(leader)
    for (let lists = 0; lists < 3; lists++) ids(bytes)
  }
  const { decode, parse } = load('kafkajs/src/protocol/requests/metadata/v6/response.js')
  const answer = await parse(await decode(bytes.buffer))
  expect(answer.topicMetadata[0].partitionMetadata).toMatchObject([{ leader: 1 }, { leader: -1 }])
})

/** What a cluster of kafkajs asks its broker 1 for when it is to find the ends of both partitions. */
async function askedOf(leaders: number[]): Promise<unknown> {
  const cluster = openCluster(kafkaClient({ brokers: ['127.0.0.1:1'] }), { requestTimeoutMs: 1_000 })
  const asked: unknown[] = []
  const pool = part(cluster, 'brokerPool')
  Object.assign(Object(pool), {
    metadata: metadata(leaders.map((leader, id) => partition(id, 0, leader))),
    findBroker: async ({ nodeId }: { nodeId: string }) => {
      if (nodeId !== '1') throw new Error(`there is no broker ${nodeId}`)
      return {
        async listOffsets({ topics }: { topics: { topic: string; partitions: { partition: number }[] }[] }) {
          asked.push(...topics.flatMap(({ partitions }) => partitions.map(one => one.partition)))
          return {
            responses: topics.map(({ topic, partitions }) => ({
              topic,
              partitions: partitions.map(one => ({ ...one, offset: '7' })),
            })),
          }
        },
      }
    },
  })
  const fetchTopicsOffset = part(cluster, 'fetchTopicsOffset')
  if (typeof fetchTopicsOffset !== 'function') throw new Error('kafkajs has changed')
  const partitions = leaders.map((_, id) => ({ partition: id }))
  const offsets = await fetchTopicsOffset.call(cluster, [{ topic: 'clicks', fromBeginning: false, partitions }])
  return { asked, offsets }
}

describe("kafkajs's offsets of a topic", () => {
  test('are those of the partitions that have a leader', async () => {
    const offsets = [{ topic: 'clicks', partitions: [{ partition: 1, offset: '7' }] }]
    expect(await askedOf([-1, 1])).toEqual({ asked: [1], offsets })
  })

  test('are those of all when all have one', async () => {
    expect(await askedOf([1, 1])).toMatchObject({ asked: [0, 1] })
  })

  test('are none when none has one', async () => {
    expect(await askedOf([-1, -1])).toEqual({ asked: [], offsets: [{ topic: 'clicks', partitions: [] }] })
  })
})
