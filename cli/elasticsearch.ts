import { Command } from 'commander'
import type { Config } from './config.ts'
import { requireElasticsearch } from './consume.ts'
import { elasticsearchSettings, toCommand } from './options.ts'
import { reach } from './reach.ts'

export function elasticsearch(): Command {
  return new Command('elasticsearch').description('prepare Elasticsearch').addCommand(
    toCommand({
      name: 'setup',
      command: 'elasticsearch',
      help: 'install templates and, where the server has one, the lifecycle policy; safe to repeat',
      settings: elasticsearchSettings,
      needs: ['elasticsearchUrl'],
      run: setup,
    }),
  )
}

async function setup(config: Config): Promise<void> {
  const urls = requireElasticsearch(config, 'elasticsearch setup')
  const { index, credentials } = config.elasticsearch
  const { elasticsearchClient } = await import('../consumers/elasticsearch/client.ts')
  const { setupElasticsearch } = await import('../consumers/elasticsearch/setup.ts')
  const client = elasticsearchClient({ urls, ...credentials })
  const report = await reach('ELASTICSEARCH_URL', urls, setupElasticsearch(client, { index }))
  for (const what of report.done) console.log(`done     ${what}`)
  for (const { what, why } of report.skipped) console.log(`skipped  ${what}: ${why}`)
}
