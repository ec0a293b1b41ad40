import { Command } from 'commander'
import { requireKafka } from './cluster.ts'
import { type Config, ConfigError } from './config.ts'
import { createLog } from './log.ts'
import { elasticsearchSettings, hdfsSettings, toCommand, topicSettings } from './options.ts'
import { type OpenSink, openElasticsearchSink, openHdfsSink, openTopics, runConsumer } from './parts.ts'
import { runUntilSignal } from './run.ts'

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
        run: config => consumeWith(requireHdfs(config), 'hdfs', openHdfsSink),
      }),
    )
    .addCommand(
      toCommand({
        name: 'elasticsearch',
        command: 'consume',
        help: 'write the topic into daily Elasticsearch indices, each event once',
        settings: [...elasticsearchSettings, ...topicSettings],
        run: config => {
          requireElasticsearch(config, 'consume elasticsearch')
          return consumeWith(config, 'elasticsearch', openElasticsearchSink)
        },
      }),
    )
}

function requireHdfs(config: Config): Config {
  if (config.hdfs.urls) return config
  throw new ConfigError([
    'HDFS_URL is not set, and consume hdfs needs it: set it to http://namenode:9870 (WebHDFS) or HttpFS',
  ])
}

/** @throws ConfigError when no node is configured */
export function requireElasticsearch(config: Config, command: string): string[] {
  if (config.elasticsearch.urls) return config.elasticsearch.urls
  throw new ConfigError([`ELASTICSEARCH_URL is not set, and ${command} needs it: set it to http://host:9200`])
}

async function consumeWith(config: Config, name: string, openSink: OpenSink): Promise<void> {
  requireKafka(config, `consume ${name}`)
  const logger = createLog(config.logLevel)
  const topics = openTopics(config, logger)
  const consumer = runConsumer(config, topics, openSink, logger)
  await runUntilSignal(
    {
      died: consumer.died,
      stages: [() => consumer.close(), () => topics.close()],
    },
    logger,
  )
}
