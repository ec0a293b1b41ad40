import type { Logger } from 'pino'
import { createDeadLetterOffice } from '../../consumers/dead-letter-office.ts'
import { createReplayer, type Replayer } from '../../consumers/dlq/replayer.ts'
import type { Sink } from '../../consumers/sink.ts'
import type { TopicWriter } from '../../topic/topic.ts'
import type { Config } from '../config/config.ts'
import { openElasticsearchSink } from './sinks.ts'
import type { Topics } from './topics.ts'

/** What letters are sent with, and the ways that were opened for it. */
export interface OpenReplayer {
  replayer: Replayer
  /** To the topic that the writers read. */
  topic: TopicWriter
  close(): Promise<void>
}

/** Opens Elasticsearch when the first letter needs it; `signal` ends the wait for one that is away. */
export function openReplayer(config: Config, topics: Topics, logger: Logger, signal: () => AbortSignal): OpenReplayer {
  const topic = topics.replays()
  let sink: Sink | undefined
  const open = async () => {
    sink = await openElasticsearchSink(config, logger, signal())
    return sink
  }
  const deadLetters = createDeadLetterOffice({
    writer: topics.deadLetters(),
    sink: 'elasticsearch',
    group: `${config.topic}-elasticsearch`,
    topic: config.topic,
    logger,
    backoff: {},
  })
  const elasticsearch = config.elasticsearch.urls ? open : undefined
  return {
    replayer: createReplayer({ topic, elasticsearch, deadLetters }),
    topic,
    close: async () => {
      await sink?.close()
    },
  }
}
