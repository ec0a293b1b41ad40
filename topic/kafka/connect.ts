import kafkajs, { type Kafka, type logCreator } from 'kafkajs'
import type { Logger } from 'pino'
import { forgetBrokenAnswers } from './broken-answers.ts'
import { endBrokenHandshakes } from './broken-handshake.ts'
import { despiteLeaderless } from './leaderless.ts'
import { keepQueuesStill } from './still-queues.ts'

export interface KafkaOptions {
  /** `host:port` of some brokers; the others are found through them. */
  brokers: string[]
  /** @default 'clicktrail' */
  clientId?: string
  sasl?: { mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; username: string; password: string }
  /** `true` trusts the system's authorities, `ca` one of your own (PEM). @default false */
  ssl?: boolean | { ca: string }
  logger?: Logger
}

/** Short: the loops around kafkajs go on for ever, and each of its own attempts delays what they decide. */
const retry = { retries: 4, initialRetryTime: 150, maxRetryTime: 2_000 }

/** Where kafkajs repeats, ten times a second while a broker is down, what the callers say once. */
const chatty = new Set(['Connection', 'BrokerPool'])

/**
 * What kafkajs says, a step or two quieter than it says it: an error of one of its attempts is a warning at most, because the
 * caller tries again and reports what came of it.
 */
function logTo(logger: Logger): logCreator {
  return () =>
    ({ namespace, level, log: { message, timestamp: _, logger: __, ...fields } }) => {
      const entry = { ...fields, namespace, detail: message }
      if (level <= kafkajs.logLevel.WARN && !chatty.has(namespace)) logger.warn(entry, 'kafkajs')
      else if (level <= kafkajs.logLevel.INFO) logger.debug(entry, 'kafkajs')
      else logger.trace(entry, 'kafkajs')
    }
}

function mechanism(sasl: NonNullable<KafkaOptions['sasl']>) {
  const { username, password } = sasl
  switch (sasl.mechanism) {
    case 'plain':
      return { mechanism: 'plain' as const, username, password }
    case 'scram-sha-256':
      return { mechanism: 'scram-sha-256' as const, username, password }
    case 'scram-sha-512':
      return { mechanism: 'scram-sha-512' as const, username, password }
  }
}

/** A kafkajs client; connects nothing yet and never throws for a broker that is down. */
export function kafkaClient({ brokers, clientId = 'clicktrail', sasl, ssl = false, logger }: KafkaOptions): Kafka {
  forgetBrokenAnswers()
  endBrokenHandshakes()
  despiteLeaderless()
  keepQueuesStill()
  return new kafkajs.Kafka({
    brokers,
    clientId,
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    retry,
    ssl: typeof ssl === 'object' ? { ca: [ssl.ca] } : ssl,
    ...(sasl ? { sasl: mechanism(sasl) } : {}),
    ...(logger
      ? { logLevel: kafkajs.logLevel.DEBUG, logCreator: logTo(logger) }
      : { logLevel: kafkajs.logLevel.NOTHING }),
  })
}
