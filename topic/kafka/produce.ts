import kafkajs from 'kafkajs'
import type { KafkaBroker, KafkaConnection } from './kafkajs-internals.ts'
import { produceFailure, readProduceAnswer } from './produce-answer.ts'
import { encodeProduceRequest, type ProduceRequest, produceApi } from './produce-request.ts'

export type Produce = Omit<ProduceRequest, 'clientId' | 'correlationId' | 'timestampMs'>

/**
 * Queues the request behind those of kafkajs itself. Resolves to the answer, or to null with acks 0 when the kernel has taken it. Rejects
 * when neither happens within the connection's request timeout.
 */
function exchange(connection: KafkaConnection, request: Produce): Promise<Buffer | null> {
  const correlationId = connection.nextCorrelationId()
  const { clientId } = connection
  const frame = encodeProduceRequest({ ...request, clientId, correlationId, timestampMs: Date.now() })
  return new Promise((resolve, reject) => {
    const { socket } = connection
    let stuck: NodeJS.Timeout | undefined
    if (!connection.isConnected() || !socket) throw new kafkajs.KafkaJSConnectionError('Not connected')
    const unanswered = request.acks === 0
    const written = (error?: Error | null) => {
      clearTimeout(stuck)
      if (error) reject(new kafkajs.KafkaJSConnectionError(`Connection error: ${error.message}`))
      else if (unanswered) resolve(null)
    }
    if (unanswered) {
      // kafkajs takes the request for done as soon as it is handed to the socket
      const { requestTimeout } = connection.requestQueue
      const give = () =>
        reject(new kafkajs.KafkaJSRequestTimeoutError(`the broker took no bytes within ${requestTimeout} ms`))
      stuck = setTimeout(give, requestTimeout)
    }
    connection.requestQueue.push({
      entry: {
        ...produceApi,
        correlationId,
        resolve: ({ payload }) => {
          if (!unanswered) resolve(payload)
        },
        reject,
      },
      expectResponse: !unanswered,
      requestTimeout: null,
      sendRequest: () => socket.write(frame, written),
    })
  })
}

/**
 * One produce request to the partition's leader. Resolves when its answer acknowledges the partition, with acks 0 when the request is
 * out of the process. Rejects as kafkajs does.
 */
export async function produce(broker: KafkaBroker, request: Produce): Promise<void> {
  const connection = await broker.connectionPool.getConnection()
  if (!connection.isAuthenticated()) await connection.authenticate()
  const payload = await exchange(connection, request)
  if (payload === null) return
  const answer = readProduceAnswer(payload, request.topic, request.partition)
  connection.requestQueue.maybeThrottle(answer.throttleMs)
  const failure = produceFailure(answer)
  if (failure) throw failure
}
