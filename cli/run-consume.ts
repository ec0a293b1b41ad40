import type { Config } from './config.ts'
import { createLog } from './log.ts'
import { openElasticsearchSink, openHdfsSink, runConsumer } from './open-sinks.ts'
import { openTopics } from './open-topics.ts'
import { runUntilSignal, untilSignal } from './run.ts'

const openSinkOf = { hdfs: openHdfsSink, elasticsearch: openElasticsearchSink }

/** Runs one writer from the Kafka topic into a storage, until it is asked to stop. */
export async function runConsume(config: Config, storage: keyof typeof openSinkOf): Promise<void> {
  const signalled = untilSignal()
  const logger = createLog(config.logLevel)
  const topics = openTopics(config, logger)
  const consumer = runConsumer(config, topics, openSinkOf[storage], logger)
  await runUntilSignal(
    {
      signalled,
      died: consumer.died,
      stages: [() => consumer.close(), () => topics.close()],
    },
    logger,
  )
}
