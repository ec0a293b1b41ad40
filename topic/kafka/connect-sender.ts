import type { Kafka } from 'kafkajs'
import { connectDirectSender } from './direct-sender.ts'
import { openCluster } from './kafkajs-internals.ts'
import type { Sender, SenderOptions } from './sender.ts'
import { connectStockSender } from './stock-sender.ts'

/** How long one produce request waits for its answer, milliseconds: the deadline of an append leaves time for another on a new connection. */
const requestTimeoutMs = 3_500

/** Connects, directly if we may. Rejects when no broker is there, or the topic isn't. */
export async function connectSender(kafka: Kafka, options: SenderOptions): Promise<Sender> {
  if (options.path === 'stock') return connectStockSender(kafka, options)
  const cluster = openCluster(kafka, { requestTimeoutMs })
  const sender = typeof cluster === 'string' ? cluster : await connectDirectSender(cluster, options)
  if (typeof sender !== 'string') return sender
  options.logger?.warn({ topic: options.topic, reason: sender }, "records go through kafkajs's own producer: slower")
  return connectStockSender(kafka, options)
}
