import { describe, expect, test } from 'vitest'
import { kafkaClient } from '../../../../topic/kafka/connect.ts'
import { isKafkaBroker, openCluster } from '../../../../topic/kafka/kafkajs-internals.ts'

const requestTimeoutMs = 4_000

function clusterOf() {
  const cluster = openCluster(kafkaClient({ brokers: ['127.0.0.1:1'] }), { requestTimeoutMs })
  if (typeof cluster === 'string') throw new Error(cluster)
  return cluster
}

describe('openCluster', () => {
  test('finds in the installed kafkajs all that it needs', () => {
    expect(clusterOf().isConnected()).toBe(false)
  })

  test('waits for answers on its own connections as long as it was told', async () => {
    const { pool } = await clusterOf().connectionPoolBuilder.build()
    expect(pool.map(({ requestQueue }) => requestQueue.requestTimeout)).toEqual([requestTimeoutMs, requestTimeoutMs])
  })

  test.each(['2.2.3', '2.3.0', undefined])('refuses version %s', version => {
    const kafka = kafkaClient({ brokers: ['127.0.0.1:1'] })
    expect(openCluster(kafka, { requestTimeoutMs, version: version ?? null })).toMatch(/^kafkajs is /)
  })

  test('refuses a client that makes no clusters, or makes other ones', () => {
    const kafka = kafkaClient({ brokers: ['127.0.0.1:1'] })
    const creator = Object.getOwnPropertySymbols(kafka).find(name => name.description?.endsWith('createCluster'))
    if (!creator) throw new Error('kafkajs has changed')
    Reflect.set(kafka, creator, () => ({ connect() {} }))
    expect(openCluster(kafka, { requestTimeoutMs })).toBe('a cluster of kafkajs lacks a part')
    Reflect.deleteProperty(kafka, creator)
    expect(openCluster(kafka, { requestTimeoutMs })).toBe('a kafkajs client does not make clusters')
  })
})

describe('isKafkaBroker', () => {
  test.each<[string, (pool: object) => unknown]>([
    ['nothing', () => undefined],
    ['no pool', () => ({ disconnect() {} })],
    [
      'a pool without connections',
      pool => ({ disconnect() {}, connectionPool: Object.create(pool, { pool: { value: 1 } }) }),
    ],
    [
      'a connection without a queue',
      pool => ({ disconnect() {}, connectionPool: Object.create(pool, { pool: { value: [{ isConnected() {} }] } }) }),
    ],
  ])('refuses %s', async (_, brokerOf) => {
    const connectionPool = await clusterOf().connectionPoolBuilder.build()
    expect(isKafkaBroker({ disconnect() {}, connectionPool })).toBe(true)
    expect(isKafkaBroker(brokerOf(connectionPool))).toBe(false)
  })
})
