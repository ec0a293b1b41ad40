import { Command } from 'commander'
import { type Config, ConfigError } from './config.ts'
import { createLog } from './log.ts'
import { elasticsearchSettings, hdfsSettings, toCommand, topicSettings } from './options.ts'
import { type OpenSink, openElasticsearchSink, openHdfsSink, openTopics, runConsumer } from './parts.ts'
import { runUntilSignal, untilSignal } from './run.ts'

/** `clicktrail consume hdfs|elasticsearch`: a third storage is one folder in consumers/ and one entry here. */
export function consume(): Command {
  return new Command('consume')
    .description('run one writer: from the Kafka topic into a storage')
    .addCommand(
      toCommand({
        name: 'hdfs',
        command: 'consume',
        help: 'write the topic into HDFS files, each offset once',
        settings: [...hdfsSettings, ...topicSettings],
        run: config => consumeWith(config, 'hdfs', openHdfsSink),
      }),
    )
    .addCommand(
      toCommand({
        name: 'elasticsearch',
        command: 'consume',
        help: 'write the topic into daily Elasticsearch indices, each event once',
        settings: [...elasticsearchSettings, ...topicSettings],
        run: config => consumeWith(config, 'elasticsearch', openElasticsearchSink),
      }),
    )
}

const storages = { hdfs: 'HDFS_URL', elasticsearch: 'ELASTICSEARCH_URL' } as const

/** @throws ConfigError that names everything which is not set and without which the writer has no work */
function requireBoth(config: Config, name: keyof typeof storages): void {
  const missing = [config.kafka ? [] : ['KAFKA_BROKERS'], config[name].urls ? [] : [storages[name]]].flat()
  if (missing.length === 0) return
  throw new ConfigError(
    missing.map(
      setting =>
        `${setting} is not set, and consume ${name} needs it: set it, or run "clicktrail start", which needs no server`,
    ),
  )
}

/** @throws ConfigError when no node is configured */
export function requireElasticsearch(config: Config, command: string): string[] {
  if (config.elasticsearch.urls) return config.elasticsearch.urls
  throw new ConfigError([`ELASTICSEARCH_URL is not set, and ${command} needs it: set it to http://host:9200`])
}

async function consumeWith(config: Config, name: keyof typeof storages, openSink: OpenSink): Promise<void> {
  requireBoth(config, name)
  const signalled = untilSignal()
  const logger = createLog(config.logLevel)
  const topics = openTopics(config, logger)
  const consumer = runConsumer(config, topics, openSink, logger)
  await runUntilSignal(
    {
      signalled,
      died: consumer.died,
      stages: [() => consumer.close(), () => topics.close()],
    },
    logger,
  )
}
