import { KafkaJSConnectionError, KafkaJSProtocolError } from 'kafkajs'
import type { KafkaBroker, KafkaCluster, KafkaConnection, QueuedRequest } from '../../topic/kafka/kafkajs-internals.ts'

/**
 * How a leader takes one produce request: an error code, silence, a lost connection, an answer that names no partition, or
 * not at all: its kernel takes no bytes.
 */
export type Verdict = number | 'silence' | 'reset' | 'nothing' | 'stuck'

export interface FakeKafkaCluster extends KafkaCluster {
  /** Who leads each partition, as the brokers know it; the client learns it by a refresh. */
  leaders: number[]
  /** What the next requests get, first to last; 0 after that. */
  script: Verdict[]
  /** Every request that a broker got: its node id. */
  asked: number[]
  /** How long each of them told the leader to wait for the other replicas, milliseconds. */
  replicasTimeoutsMs: number[]
  refreshes: number
  /** What refreshes fail with. */
  refusal: string | undefined
  /** Addresses that were given up. */
  removed: number[]
  range: { minVersion: number; maxVersion: number }
  /** Whether the sessions hold. */
  authenticated: boolean
  /** What `findBroker` fails with, first to last. */
  unreachable: Error[]
}

function answerOf(topic: string, partition: number, code: number): Buffer {
  const answer = Buffer.alloc(4 + 2 + topic.length + 4 + 30 + 4)
  answer.writeInt32BE(1, 0)
  answer.writeInt16BE(topic.length, 4)
  answer.write(topic, 6)
  answer.writeInt32BE(1, 6 + topic.length)
  answer.writeInt32BE(partition, 10 + topic.length)
  answer.writeInt16BE(code, 14 + topic.length)
  return answer
}

const partitionOf = (frame: Buffer, clientId: string, topic: string) =>
  frame.readInt32BE(12 + 2 + clientId.length + 8 + 4 + 2 + topic.length + 4)

/** A cluster of brokers in memory that leads one topic; a frame is answered as `script` says. */
export function fakeKafkaCluster(topic: string, leaders: number[]): FakeKafkaCluster {
  const clientId = 'fake'
  const brokers = new Map<number, KafkaBroker>()
  let known = [...leaders]

  const connectionOf = (nodeId: number): KafkaConnection => {
    let correlationId = 0
    const waiting = new Set<QueuedRequest>()
    const socket = {
      destroy() {},
      write(frame: Buffer, written: (error?: Error) => void) {
        cluster.asked.push(nodeId)
        cluster.replicasTimeoutsMs.push(frame.readInt32BE(12 + 2 + clientId.length + 4))
        const verdict = cluster.script.shift() ?? 0
        if (verdict === 'stuck') return
        written()
        queueMicrotask(() => {
          for (const request of waiting) {
            if (verdict === 'silence') return
            waiting.delete(request)
            if (verdict === 'reset') request.entry.reject(new KafkaJSConnectionError('Connection error: ECONNRESET'))
            else if (verdict === 'nothing') request.entry.resolve({ payload: Buffer.alloc(8) })
            else request.entry.resolve({ payload: answerOf(topic, partitionOf(frame, clientId, topic), verdict) })
          }
        })
      },
    }
    return {
      clientId,
      socket,
      requestQueue: {
        requestTimeout: 4_000,
        pending: [],
        push(request: QueuedRequest) {
          if (request.expectResponse) waiting.add(request)
          request.sendRequest()
          if (!request.expectResponse) request.entry.resolve({ payload: null })
        },
        rejectAll(error: Error) {
          for (const { entry } of waiting) entry.reject(error)
          waiting.clear()
        },
        maybeThrottle() {},
      },
      isConnected: () => true,
      isAuthenticated: () => cluster.authenticated,
      authenticate: async () => {
        cluster.authenticated = true
      },
      nextCorrelationId: () => correlationId++,
    }
  }

  const brokerOf = (nodeId: number): KafkaBroker => {
    const connection = connectionOf(nodeId)
    return {
      versions: { 0: cluster.range },
      connectionPool: { host: 'fake', port: nodeId, pool: [connection], getConnection: async () => connection },
      disconnect: async () => {},
    }
  }

  const cluster: FakeKafkaCluster = {
    leaders,
    script: [],
    asked: [],
    replicasTimeoutsMs: [],
    refreshes: 0,
    refusal: undefined,
    removed: [],
    range: { minVersion: 0, maxVersion: 13 },
    unreachable: [],
    connectionPoolBuilder: { build: () => Promise.reject(new Error('not here')) },
    connect: async () => {},
    disconnect: async () => {},
    authenticated: true,
    isConnected: () => true,
    addTargetTopic: async () => {},
    async refreshMetadata() {
      cluster.refreshes++
      const type = cluster.refusal
      if (type) throw Object.assign(new KafkaJSProtocolError(type), { type })
      known = [...cluster.leaders]
    },
    findTopicPartitionMetadata: () => known.map((leader, partitionId) => ({ partitionId, leader })),
    async findBroker({ nodeId }) {
      const failure = cluster.unreachable.shift()
      if (failure) throw failure
      const broker = brokers.get(nodeId) ?? brokerOf(nodeId)
      brokers.set(nodeId, broker)
      return broker
    },
    removeBroker({ port }) {
      cluster.removed.push(port)
      brokers.delete(port)
    },
  }
  return cluster
}
