/** Every port of the stack. They are fixed, so that scripts and tests can rely on them. */
export const ports = {
  kafka: [
    { broker: 9092, controller: 9093, metrics: 9404 },
    { broker: 9094, controller: 9095, metrics: 9405 },
    { broker: 9096, controller: 9097, metrics: 9406 },
  ],
  hdfsRpc: 8020,
  hdfsHttp: 9870,
  datanodeTransfer: 9866,
  datanodeIpc: 9867,
  datanodeHttp: 9864,
  httpfs: 14000,
  elasticsearch: 9200,
  elasticsearchTransport: 9300,
} as const

/** `KAFKA_BROKERS` of a cluster of that many brokers. */
export function kafkaBrokers(brokers: number): string {
  return ports.kafka
    .slice(0, brokers)
    .map(({ broker }) => `127.0.0.1:${broker}`)
    .join(',')
}

/** Where the servers are, under the names of the environment variables that Clicktrail reads. */
export const addresses = {
  KAFKA_BROKERS: kafkaBrokers(1),
  HDFS_URL: `http://127.0.0.1:${ports.hdfsHttp}`,
  HTTPFS_URL: `http://127.0.0.1:${ports.httpfs}`,
  ELASTICSEARCH_URL: `http://127.0.0.1:${ports.elasticsearch}`,
} as const

/** The NameNode's RPC address, which Hive uses. */
export const hdfsRpc = `127.0.0.1:${ports.hdfsRpc}`
