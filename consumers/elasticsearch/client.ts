import { readFileSync } from 'node:fs'
import { Client, ClusterConnectionPool } from '@elastic/elasticsearch'

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

/**
 * A client that never repeats a request by itself: repeating is the sink's, item by item (the transport repeats a 503 four
 * times within 4 ms and never a 429). Nodes take turns; one that gave no answer, or 502–504, is passed over for a minute, and
 * longer each time, while another one answers. Makes no request. Throws if the file can't be read.
 */
export function elasticsearchClient(options: ElasticsearchOptions): Client {
  const { urls, apiKey, username, password, caFile, requestTimeoutMs = 30_000 } = options
  const ca = options.ca ?? (caFile ? readFileSync(caFile, 'utf8') : undefined)
  const basic = username === undefined ? undefined : { username, password: password ?? '' }
  const auth = apiKey ? { apiKey } : basic
  return new Client({
    nodes: urls,
    requestTimeout: requestTimeoutMs,
    maxRetries: 0,
    ConnectionPool: ClusterConnectionPool,
    ...(auth ? { auth } : {}),
    ...(ca ? { tls: { ca } } : {}),
  })
}
