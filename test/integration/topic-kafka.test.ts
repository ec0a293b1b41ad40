import { randomUUID } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import kafkajs from 'kafkajs'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { applyTopics } from '../../topic/kafka/admin.ts'
import { kafkaClient } from '../../topic/kafka/connect.ts'
import { describeTopics } from '../../topic/kafka/describe-topics.ts'
import { createKafkaReader } from '../../topic/kafka/reader.ts'
import { createKafkaWriter } from '../../topic/kafka/writer.ts'
import { describeTopic, eventually, follow, offsetsBetween, recordsOf } from '../support/describe-topic.ts'

const brokers = (process.env['KAFKA_BROKERS'] ?? '127.0.0.1:9092').split(',')
const kafka = kafkaClient({ brokers })
const admin = kafka.admin()
const paths = ['direct', 'stock'] as const
const made: string[] = []
const closing: { close(): Promise<void> }[] = []

function newName(): string {
  const topic = `topic-test-${randomUUID()}`
  made.push(topic, `${topic}-dlq`)
  return topic
}

async function newTopic(partitions = 2): Promise<string> {
  const topic = newName()
  await applyTopics(kafka, { topic, partitions, replicationFactor: 1 })
  return topic
}

function toClose<T extends { close(): Promise<void> }>(closable: T): T {
  closing.push(closable)
  return closable
}

beforeAll(() => admin.connect())
afterEach(async () => {
  await Promise.all(closing.splice(0).map(closable => closable.close()))
})
afterAll(async () => {
  const present = await admin.listTopics()
  await admin.deleteTopics({ topics: made.filter(topic => present.includes(topic)) })
  await admin.disconnect()
})

for (const path of paths) {
  describeTopic(`the Kafka topic, ${path}`, async () => {
    const topic = await newTopic()
    return {
      writer: () => createKafkaWriter(kafka, { topic, acks: 1, path }),
      reader: group => createKafkaReader(kafka, { topic, group: `${topic}-${group}` }),
      async truncate(partition, low) {
        // deleteTopicRecords finds a topic only after something else made this client load its metadata.
        await admin.fetchTopicOffsets(topic)
        await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(low) }] })
      },
      async close() {},
    }
  })
}

describe.each(paths)('createKafkaWriter, %s', path => {
  test('says that the topic is missing, never makes it, and comes up when somebody does', async () => {
    const topic = newName()
    const writer = toClose(createKafkaWriter(kafka, { topic, acks: 1, path }))
    await expect(writer.append(0, recordsOf('early'))).rejects.toMatchObject({ code: 'topic_missing' })
    expect(writer.partitions()).toBe(0)
    expect(await admin.listTopics()).not.toContain(topic)
    await applyTopics(kafka, { topic, partitions: 3, replicationFactor: 1 })
    await writer.ready()
    expect(writer.partitions()).toBe(3)
    await writer.append(2, recordsOf('now'))
  })

  test('is made although no broker is there, and rejects as unavailable', async () => {
    const nobody = kafkaClient({ brokers: ['127.0.0.1:1'] })
    const writer = toClose(createKafkaWriter(nobody, { topic: 'clicks', acks: 1, path }))
    await expect(writer.append(0, recordsOf('a'))).rejects.toMatchObject({ code: 'unavailable', retriable: true })
  })

  test.each([0, 1, -1] as const)('lands records with acks %i', async acks => {
    const topic = await newTopic()
    const writer = toClose(createKafkaWriter(kafka, { topic, acks, path }))
    await writer.ready()
    await writer.append(1, recordsOf('a', 'b', 'c'))
    await eventually(async () => {
      const offsets = await admin.fetchTopicOffsets(topic)
      expect(offsets.find(({ partition }) => partition === 1)?.high).toBe('3')
    })
  })

  test('sends more than max.message.bytes in one append', async () => {
    const topic = await newTopic()
    const writer = toClose(createKafkaWriter(kafka, { topic, acks: 1, path }))
    await writer.ready()
    await writer.append(
      0,
      offsetsBetween(0, 10).map(() => ({ value: Buffer.alloc(300_000) })),
    )
    const reader = toClose(createKafkaReader(kafka, { topic, group: topic }))
    expect(await reader.bounds(0)).toEqual({ low: 0, high: 10 })
  })

  test('names the record that the broker finds too large, and has sent those before', async () => {
    const topic = await newTopic()
    const writer = toClose(createKafkaWriter(kafka, { topic, acks: 1, path }))
    await writer.ready()
    await admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: kafkajs.ConfigResourceTypes.TOPIC,
          name: topic,
          configEntries: [{ name: 'max.message.bytes', value: '5000' }],
        },
      ],
    })
    const records = [...recordsOf('a', 'b', 'c', 'd', 'e'), { value: Buffer.alloc(6_000) }, ...recordsOf('g')]
    await eventually(() =>
      expect(writer.append(0, records)).rejects.toMatchObject({ code: 'record_too_large', index: 5 }),
    )
  })
})

describe('createKafkaWriter, on a kafkajs that lacks a part', () => {
  test("goes through kafkajs's own producer, and says so once", async () => {
    const topic = await newTopic()
    const client = kafkaClient({ brokers })
    const creator = Object.getOwnPropertySymbols(client).find(name => name.description?.endsWith('createCluster'))
    if (!creator) throw new Error('kafkajs has changed')
    const create = Reflect.get(client, creator)
    Reflect.set(client, creator, (options: object) => Object.assign(create(options), { removeBroker: undefined }))
    const lines: string[] = []
    const logger = pino({ level: 'warn' }, { write: line => void lines.push(line) })
    const writer = toClose(createKafkaWriter(client, { topic, acks: 1, logger }))
    await writer.ready()
    await writer.append(0, recordsOf('a'))
    expect(lines.map(line => JSON.parse(line))).toMatchObject([{ reason: 'a cluster of kafkajs lacks a part' }])
  })
})

describe('createKafkaWriter, when connections fail', () => {
  /** A client whose connections can be silenced, as a stopped broker's are: open, and nothing comes. */
  const fragile = () => {
    const open = new Set<Socket>()
    let silent = false
    const client = new kafkajs.Kafka({
      brokers,
      logLevel: kafkajs.logLevel.NOTHING,
      requestTimeout: 15_000,
      socketFactory({ host, port, onConnect }) {
        const socket = connect({ host, port }, onConnect)
        if (silent) socket.pause()
        open.add(socket)
        socket.once('close', () => open.delete(socket))
        return socket
      },
    })
    const silence = (yes: boolean) => {
      silent = yes
      for (const socket of open) yes ? socket.pause() : socket.resume()
    }
    return { client, open, silence }
  }

  test.each(paths)('frees the partition within 5 s when the broker falls silent, and comes back: %s', async path => {
    const topic = await newTopic()
    const { client, silence } = fragile()
    const writer = toClose(createKafkaWriter(client, { topic, acks: 1, path }))
    await writer.ready()
    silence(true)
    for (const n of [0, 1]) {
      const started = Date.now()
      await expect(writer.append(0, recordsOf(`lost ${n}`))).rejects.toMatchObject({ code: 'unavailable' })
      expect(Date.now() - started).toBeLessThan(5_000)
    }
    silence(false)
    await eventually(() => writer.append(0, recordsOf('b')))
  })

  test('replaces a connection that fell silent while the broker is well', async () => {
    const topic = await newTopic()
    const { client, open } = fragile()
    const writer = toClose(createKafkaWriter(client, { topic, acks: 1, path: 'direct' }))
    await writer.ready()
    for (const socket of open) socket.pause()
    await writer.append(0, recordsOf('a'))
  })

  test.each(paths)('sends again what a reset connection left open: %s', async path => {
    const topic = await newTopic()
    const { client, open } = fragile()
    const writer = toClose(createKafkaWriter(client, { topic, acks: 1, path }))
    await writer.ready()
    await writer.append(0, recordsOf('first'))
    for (const socket of open) socket.pause()
    const appended = offsetsBetween(0, 4).map(n => writer.append(0, recordsOf(`in flight ${n}`)))
    for (const socket of open) socket.destroy(new Error('ECONNRESET'))
    await Promise.all(appended)
    const reader = toClose(createKafkaReader(kafka, { topic, group: topic }))
    expect((await reader.bounds(0)).high).toBeGreaterThanOrEqual(5)
  })
})

describe('createKafkaWriter, stock', () => {
  test.each([
    ['names no partition', []],
    ['names another partition', [{ topicName: 'it', partition: 1, errorCode: 0 }]],
    ['has an error code', [{ topicName: 'it', partition: 0, errorCode: 6 }]],
  ])('does not believe an answer that %s', async (_, answers) => {
    const topic = await newTopic()
    const client = kafkaClient({ brokers })
    const producer = client.producer.bind(client)
    vi.spyOn(client, 'producer').mockImplementation(config => ({
      ...producer(config),
      send: async () => answers.map(answer => ({ ...answer, topicName: topic })),
    }))
    const writer = toClose(createKafkaWriter(client, { topic, acks: 1, path: 'stock' }))
    await writer.ready()
    await expect(writer.append(0, recordsOf('a'))).rejects.toMatchObject({ code: 'unavailable' })
  })
})

describe('createKafkaReader', () => {
  test('waits for a topic that is missing', async () => {
    const topic = newName()
    const reader = toClose(createKafkaReader(kafka, { topic, group: topic }))
    const follower = follow()
    const started = reader.start(follower)
    await applyTopics(kafka, { topic, partitions: 2, replicationFactor: 1 })
    await started
    await eventually(() => expect(follower.assignments).toEqual([[0, 1]]))
  })

  test('gives up waiting when it is closed', async () => {
    const reader = createKafkaReader(kafka, { topic: newName(), group: 'nobody' })
    const started = reader.start(follow())
    const refused = expect(started).rejects.toMatchObject({ code: 'closed' })
    await reader.close()
    await refused
  })

  test('shares the partitions with a second member, revokes, fences, and takes all back', async () => {
    const topic = await newTopic(4)
    const writer = toClose(createKafkaWriter(kafka, { topic, acks: 1 }))
    await writer.ready()
    const one = follow(async partitions => {
      for (const partition of partitions) first.seek(partition, (await first.committed(partition))?.next ?? 0)
    })
    const two = follow(async partitions => {
      for (const partition of partitions) second.seek(partition, (await second.committed(partition))?.next ?? 0)
    })
    const first = toClose(createKafkaReader(kafka, { topic, group: topic }))
    const second = toClose(createKafkaReader(kafka, { topic, group: topic }))
    await first.start(one)
    for (const partition of offsetsBetween(0, 4)) await writer.append(partition, recordsOf('a', 'b'))
    await eventually(() => expect(offsetsBetween(0, 4).flatMap(one.offsets)).toHaveLength(8))
    for (const partition of offsetsBetween(0, 4)) await first.commit(partition, 2, '')

    await second.start(two)
    await eventually(() => {
      expect(one.revocations).toEqual([[0, 1, 2, 3]])
      expect([...(one.assignments.at(-1) ?? []), ...(two.assignments.at(-1) ?? [])].sort()).toEqual([0, 1, 2, 3])
    })
    const lost = two.assignments.at(-1)?.[0] ?? -1
    await expect(first.commit(lost, 2, '')).rejects.toMatchObject({ code: 'fenced' })
    for (const partition of offsetsBetween(0, 4)) await writer.append(partition, recordsOf('c'))
    await eventually(() => {
      const owned = [one, two].map(follower => follower.assignments.at(-1)?.flatMap(follower.offsets) ?? [])
      expect(owned.flat().filter(offset => offset === 2)).toHaveLength(4)
    })
    expect(offsetsBetween(0, 4).flatMap(two.offsets)).not.toContain(0)

    await second.close()
    await eventually(() => expect(one.assignments.at(-1)).toEqual([0, 1, 2, 3]))
    expect(one.failures).toEqual([])
  })

  test('loses and repeats nothing over many seeks in the middle of deliveries', async () => {
    const topic = await newTopic(2)
    const writer = toClose(createKafkaWriter(kafka, { topic, acks: 1 }))
    await writer.ready()
    await writer.append(0, recordsOf(...offsetsBetween(0, 3_000).map(String)))
    const reader = toClose(createKafkaReader(kafka, { topic, group: topic }))
    let expected = 0
    let seeks = 0
    const wrong: number[] = []
    await reader.start({
      async assigned() {},
      revoked() {},
      failed() {},
      records(partition, records) {
        for (const { offset } of records) {
          if (offset !== expected) wrong.push(offset)
          expected = offset + 1
        }
        if (seeks < 30 && partition === 0) {
          seeks += 1
          expected = (seeks * 997) % 3_000
          reader.seek(0, expected)
        }
      },
    })
    await eventually(() => expect([seeks, expected]).toEqual([30, 3_000]))
    expect(wrong).toEqual([])
  })
})

describe('applyTopics', () => {
  test('makes both topics with LogAppendTime, and changes nothing the second time', async () => {
    const topic = newName()
    const first = await applyTopics(kafka, { topic, partitions: 2, replicationFactor: 1, retentionMs: 3_600_000 })
    expect(first.topics.map(({ created, partitions }) => [created, partitions])).toEqual([
      [true, { before: 0, after: 2 }],
      [true, { before: 0, after: 2 }],
    ])
    const second = await applyTopics(kafka, { topic, partitions: 2, replicationFactor: 1, retentionMs: 3_600_000 })
    expect(second.topics.map(({ created, configs }) => [created, configs])).toEqual([
      [false, []],
      [false, []],
    ])
  })

  test('raises partitions, never lowers them, and keeps settings that it was not asked about', async () => {
    const topic = newName()
    await admin.createTopics({
      waitForLeaders: false,
      topics: [
        {
          topic,
          numPartitions: 2,
          replicationFactor: 1,
          configEntries: [{ name: 'segment.bytes', value: '7777777' }],
        },
      ],
    })
    const raised = await applyTopics(kafka, { topic, partitions: 4, replicationFactor: 1 })
    expect(raised.topics[0]).toMatchObject({
      created: false,
      partitions: { before: 2, after: 4 },
      configs: [{ name: 'message.timestamp.type', before: 'CreateTime', after: 'LogAppendTime' }],
    })
    const lowered = await applyTopics(kafka, { topic, partitions: 2, replicationFactor: 1 })
    expect(lowered.topics[0]?.partitions).toEqual({ before: 4, after: 4 })
    expect(lowered.warnings.join()).toContain(`${topic} keeps its 4 partitions`)
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configNames: ['segment.bytes'] }],
    })
    expect(resources[0]?.configEntries[0]?.configValue).toBe('7777777')
  })

  test('refuses a replication factor above the number of brokers', async () => {
    await expect(applyTopics(kafka, { topic: newName(), replicationFactor: 50 })).rejects.toThrow(
      /replication factor 50 needs as many brokers/,
    )
  })
})

describe('describeTopics', () => {
  test('shows leaders, replicas, offsets and skew, and names what is missing', async () => {
    const topic = await newTopic(2)
    const writer = toClose(createKafkaWriter(kafka, { topic, acks: 1 }))
    await writer.ready()
    await writer.append(1, recordsOf('a', 'b'))
    const { topics } = await describeTopics(kafka, { topic })
    expect(topics.map(entry => entry.topic)).toEqual([topic, `${topic}-dlq`])
    expect(topics[0]?.partitions.map(({ low, high }) => [low, high])).toEqual([
      [0, 0],
      [0, 2],
    ])
    expect(topics[0]?.partitions[0]?.isr).toEqual(topics[0]?.partitions[0]?.replicas)
    expect(topics[0]?.skew.records).toBe(2)
    expect((await describeTopics(kafka, { topic: newName() })).warnings.join()).toContain('does not exist')
  })
})
