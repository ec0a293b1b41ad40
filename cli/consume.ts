import { Command } from 'commander'
import { type Config, ConfigError, missing } from './config/config.ts'
import { settings } from './config/settings.ts'
import { consumeDeadLetters } from './dlq.ts'
import { elasticsearchSettings, hdfsSettings, toCommand, topicSettings, writerSettings } from './options/options.ts'

/** `clicktrail consume hdfs|elasticsearch|dlq`: a third storage is one folder in consumers/ and one entry here. */
export function consume(): Command {
  return new Command('consume')
    .description('run one writer: from the Kafka topic into a storage')
    .addCommand(
      toCommand({
        name: 'hdfs',
        command: 'consume hdfs',
        help: 'write the topic into HDFS files, each offset once',
        settings: [...hdfsSettings, ...writerSettings, ...topicSettings],
        needs: ['kafkaBrokers', 'hdfsUrl'],
        run: async config => (await import('./run-consume.ts')).runConsume(config, 'hdfs'),
      }),
    )
    .addCommand(
      toCommand({
        name: 'elasticsearch',
        command: 'consume elasticsearch',
        help: 'write the topic into daily Elasticsearch indices, each event once',
        settings: [...elasticsearchSettings, ...writerSettings, ...topicSettings],
        needs: ['kafkaBrokers', 'elasticsearchUrl'],
        run: async config => (await import('./run-consume.ts')).runConsume(config, 'elasticsearch'),
      }),
    )
    .addCommand(consumeDeadLetters())
}

/** @throws ConfigError when no node is configured */
export function requireElasticsearch(config: Config, command: string): string[] {
  if (config.elasticsearch.urls) return config.elasticsearch.urls
  throw new ConfigError([missing(settings.elasticsearchUrl, command)])
}
