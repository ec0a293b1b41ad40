import { readFileSync } from 'node:fs'
import { Client, ClusterConnectionPool, errors, Transport } from '@elastic/elasticsearch'
import { tlsAdvice } from './tls-advice.ts'

export interface ElasticsearchOptions {
  /** Addresses of nodes, `http://…` or `https://…`. */
  urls: string[]
  /** Base64 API key; goes before user name and password. */
  apiKey?: string
  username?: string
  password?: string
  /** Certificate authority, PEM. */
  ca?: string
  /** File with it. */
  caFile?: string
  /** Milliseconds after which an answer is given up; the request may have been carried out. @default 30000 */
  requestTimeoutMs?: number
}

/** With no retries left it repeats nothing, but only so a node that hangs is taken for dead. */
class MarkingTransport extends Transport {
  constructor(options: ConstructorParameters<typeof Transport>[0]) {
    super({ ...options, retryOnTimeout: true })
  }
}

/**
 * A client that never repeats a request by itself: repeating is the sink's, item by item (the transport repeats a 503 four
 * times within 4 ms and never a 429). Nodes take turns; one that gave no answer, or 502–504, is passed over for a minute, and
 * longer each time, while another one answers. An error of TLS says what to do. Makes no request. Throws if the file can't be read.
 */
export function elasticsearchClient(options: ElasticsearchOptions): Client {
  const { urls, apiKey, username, password, caFile, requestTimeoutMs = 30_000 } = options
  const ca = options.ca ?? (caFile ? readFileSync(caFile, 'utf8') : undefined)
  const basic = username === undefined ? undefined : { username, password: password ?? '' }
  const auth = apiKey ? { apiKey } : basic
  const client = new Client({
    nodes: urls,
    requestTimeout: requestTimeoutMs,
    maxRetries: 0,
    ConnectionPool: ClusterConnectionPool,
    Transport: MarkingTransport,
    // The default copies all that an error knows, a bulk's body byte by byte: half a second for each refusal.
    redaction: { type: 'remove' },
    ...(auth ? { auth } : {}),
    ...(ca ? { tls: { ca } } : {}),
  })
  client.diagnostic.on('response', error => {
    const advice = error instanceof errors.ConnectionError ? tlsAdvice(error.message) : undefined
    if (error && advice !== undefined) error.message += `: ${advice}`
  })
  return client
}
