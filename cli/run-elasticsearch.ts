import type { Client } from '@elastic/elasticsearch'
import { elasticsearchClient } from '../consumers/elasticsearch/client.ts'
import { listIndices, type StoredIndex } from '../consumers/elasticsearch/daily-index.ts'
import { dropIndices, planIndexRetention } from '../consumers/elasticsearch/retain.ts'
import { setupElasticsearch } from '../consumers/elasticsearch/setup.ts'
import { type Config, ConfigError } from './config/config.ts'
import { requireElasticsearch } from './consume.ts'
import { reach } from './open/reach.ts'
import { printedBytes } from './print/check.ts'

/** Installs what Elasticsearch needs, and prints a line for each thing done or skipped. */
export async function runSetup(config: Config, flags: Readonly<Record<string, unknown>>): Promise<void> {
  const { deleteAfter } = flags
  const { index } = config.elasticsearch
  const days = typeof deleteAfter === 'number' ? { deleteAfterDays: deleteAfter } : {}
  await withClient(config, 'elasticsearch setup', async client => {
    const report = await setupElasticsearch(client, { index, firstDayMs: Date.now(), ...days })
    for (const what of report.done) console.log(`done     ${what}`)
    for (const { what, why } of report.skipped) console.log(`skipped  ${what}: ${why}`)
  })
}

/** Drops the daily indices older than `--days`, a line for each. @throws ConfigError without `--days` */
export async function runRetain(config: Config, flags: Readonly<Record<string, unknown>>): Promise<void> {
  const { days, dryRun } = flags
  if (typeof days !== 'number')
    throw new ConfigError(['--days is missing: how many days are to stay, such as --days 90'])
  const { index } = config.elasticsearch
  await withClient(config, 'elasticsearch retain', async client => {
    const stored = await listIndices(client, index)
    const plan = planIndexRetention(stored, { index, days, nowMs: Date.now() })
    for (const name of plan.strangers) console.log(`kept     ${name}: not a daily index of ${index}`)
    const verb = dryRun === true ? 'would go' : 'dropped '
    const print = (one: StoredIndex) => console.log(`${verb} ${one.name}: ${counted([one])}`)
    if (dryRun === true) plan.drop.forEach(print)
    else await dropIndices(client, plan, print)
    const stay = stored.length - plan.drop.length - plan.strangers.length
    console.log(`${plan.drop.length} indices ${verb.trim()}: ${counted(plan.drop)}; ${stay} daily indices stay`)
  })
}

function counted(indices: readonly StoredIndex[]): string {
  const total = (field: 'documents' | 'bytes') => indices.reduce((sum, one) => sum + one[field], 0)
  return `${total('documents')} documents, ${printedBytes(total('bytes'))}`
}

async function withClient(config: Config, who: string, run: (client: Client) => Promise<void>): Promise<void> {
  const urls = requireElasticsearch(config, who)
  const client = elasticsearchClient({ urls, ...config.elasticsearch.credentials })
  try {
    await reach('ELASTICSEARCH_URL', urls, run(client))
  } finally {
    await client.close()
  }
}
