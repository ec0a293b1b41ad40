import { createRequire } from 'node:module'
import type { Kafka } from 'kafkajs'

/**
 * What we use of kafkajs below its public API. Its types don't know these parts, so they are described here, pinned to one
 * version, and looked at before use: whoever raises the version reads this file, and until then records go through `producer.send`.
 */
export const knownVersion = '2.2.4'

/** A connection to one broker: kafkajs's own socket, TLS, SASL, correlation ids, request timeouts and throttling. */
export interface KafkaConnection {
  readonly clientId: string
  /** A `net.Socket` or a `tls.TLSSocket`; undefined until it connects. */
  readonly socket:
    | { write(bytes: Uint8Array, written: (error?: Error | null) => void): void; destroy(): void }
    | undefined
  readonly requestQueue: {
    requestTimeout: number
    readonly pending: readonly unknown[]
    push(request: QueuedRequest): void
    rejectAll(error: Error): void
    maybeThrottle(ms: number): void
  }
  isConnected(): boolean
  isAuthenticated(): boolean
  authenticate(): Promise<void>
  nextCorrelationId(): number
}

export interface QueuedRequest {
  entry: {
    apiKey: number
    apiName: string
    apiVersion: number
    correlationId: number
    resolve(answer: { payload: Buffer | null }): void
    reject(error: Error): void
  }
  expectResponse: boolean
  requestTimeout: null
  sendRequest(): void
}

export interface KafkaBroker {
  readonly versions: Readonly<Record<string, { minVersion: number; maxVersion: number }>> | null
  readonly connectionPool: {
    readonly host: string
    readonly port: number
    readonly pool: readonly KafkaConnection[]
    getConnection(): Promise<KafkaConnection>
  }
  disconnect(): Promise<void>
}

/** The brokers of a cluster and what is known of its topics. */
export interface KafkaCluster {
  readonly connectionPoolBuilder: { build(destination?: object): Promise<KafkaBroker['connectionPool']> }
  connect(): Promise<void>
  disconnect(): Promise<void>
  isConnected(): boolean
  addTargetTopic(topic: string): Promise<void>
  refreshMetadata(): Promise<void>
  /** The leader is −1 where there is none. */
  findTopicPartitionMetadata(topic: string): readonly { partitionId: number; leader: number }[]
  /** Connects it if need be. */
  findBroker(options: { nodeId: number }): Promise<KafkaBroker>
  removeBroker(address: { host: string; port: number }): void
}

const clusterMethods = [
  'connect',
  'disconnect',
  'isConnected',
  'addTargetTopic',
  'refreshMetadata',
  'findTopicPartitionMetadata',
  'findBroker',
  'removeBroker',
] as const satisfies readonly (keyof KafkaCluster)[]

const connectionMethods = [
  'isConnected',
  'isAuthenticated',
  'authenticate',
  'nextCorrelationId',
] as const satisfies readonly (keyof KafkaConnection)[]

const queueMethods = [
  'push',
  'rejectAll',
  'maybeThrottle',
] as const satisfies readonly (keyof KafkaConnection['requestQueue'])[]

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** Reads a property of what has no type. */
export function part(value: unknown, name: PropertyKey): unknown {
  return isObject(value) ? Reflect.get(value, name) : undefined
}

function hasMethods(value: unknown, methods: readonly string[]): boolean {
  return methods.every(method => typeof part(value, method) === 'function')
}

function isCluster(value: unknown): value is KafkaCluster {
  return hasMethods(value, clusterMethods) && hasMethods(part(value, 'connectionPoolBuilder'), ['build'])
}

function isConnection(value: unknown): boolean {
  return (
    hasMethods(value, connectionMethods) &&
    typeof part(value, 'clientId') === 'string' &&
    hasMethods(part(value, 'requestQueue'), queueMethods) &&
    typeof part(part(value, 'requestQueue'), 'requestTimeout') === 'number' &&
    Array.isArray(part(part(value, 'requestQueue'), 'pending'))
  )
}

/** Whether a broker that `findBroker` gave is as described above. */
export function isKafkaBroker(broker: unknown): boolean {
  const connectionPool = part(broker, 'connectionPool')
  const connections = part(connectionPool, 'pool')
  return (
    hasMethods(broker, ['disconnect']) &&
    hasMethods(connectionPool, ['getConnection']) &&
    typeof part(connectionPool, 'host') === 'string' &&
    typeof part(connectionPool, 'port') === 'number' &&
    Array.isArray(connections) &&
    connections.every(isConnection)
  )
}

function installedVersion(): unknown {
  const manifest: unknown = createRequire(import.meta.url)('kafkajs/package.json')
  return part(manifest, 'version')
}

/** Whether the kafkajs that is installed is the one that is described above. */
export function knownInstalled(): boolean {
  return installedVersion() === knownVersion
}

export interface OpenClusterOptions {
  /** In place of the client's own `requestTimeout`, for this cluster alone. */
  requestTimeoutMs: number
  /** @default the installed one */
  version?: unknown
}

/**
 * A cluster of its own with the client's settings, not connected yet. Returns the reason as a text when this kafkajs is not the one
 * that is described above.
 */
export function openCluster(
  kafka: Kafka,
  { requestTimeoutMs, version = installedVersion() }: OpenClusterOptions,
): KafkaCluster | string {
  if (version !== knownVersion) return `kafkajs is ${version}, not ${knownVersion}`
  const creator = Object.getOwnPropertySymbols(kafka).find(name => name.description === 'private:Kafka:createCluster')
  const create = creator && part(kafka, creator)
  if (typeof create !== 'function') return 'a kafkajs client does not make clusters'
  const cluster: unknown = create({ allowAutoTopicCreation: false })
  if (!isCluster(cluster)) return 'a cluster of kafkajs lacks a part'
  const builder = cluster.connectionPoolBuilder
  const build = builder.build.bind(builder)
  builder.build = async destination => {
    const connectionPool = await build(destination)
    for (const { requestQueue } of connectionPool.pool) requestQueue.requestTimeout = requestTimeoutMs
    return connectionPool
  }
  return cluster
}
