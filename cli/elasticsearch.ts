import { Command } from 'commander'
import { elasticsearchSettings, toCommand } from './options/options.ts'
import { wholeFrom } from './options/usage.ts'

/** `clicktrail elasticsearch setup|retain`: what an operator does before the first event, and with old indices. */
export function elasticsearch(): Command {
  const setup = toCommand({
    name: 'setup',
    command: 'elasticsearch',
    help: 'install templates, the lifecycle policy where the server has them, and the index of today; safe to repeat',
    settings: elasticsearchSettings,
    needs: ['elasticsearchUrl'],
    flags: [
      {
        flags: '--delete-after <days>',
        help: 'the lifecycle policy deletes an index this many days after it was made (default: as it was, at first never)',
        parse: wholeFrom(1),
      },
    ],
    run: async (config, flags) => (await import('./run-elasticsearch.ts')).runSetup(config, flags),
  }).addHelpText(
    'after',
    `
An older version of the templates is replaced, a later one never. Shards, replicas, refresh and fields of your own belong into the
component template <index>@custom: it is stronger than ours and never written. Indices that exist keep the types they were made with.`,
  )
  const retain = toCommand({
    name: 'retain',
    command: 'elasticsearch',
    help: 'drop the daily indices that are older than a number of days',
    settings: elasticsearchSettings,
    needs: ['elasticsearchUrl'],
    flags: [
      { flags: '--days <n>', help: 'how many days before today stay (UTC)', parse: wholeFrom(1) },
      { flags: '--dry-run', help: 'print what would go, and drop nothing' },
    ],
    run: async (config, flags) => (await import('./run-elasticsearch.ts')).runRetain(config, flags),
  }).addHelpText(
    'after',
    `
For servers without lifecycle policies. Deletes whole indices named exactly <index>-YYYY.MM.DD, for good; any other name stays.
Events come up to 8 days late: what comes for a day that is gone makes a small index again, which the next run drops.
Exit code: 0 done, 1 the server refused or does not answer, 2 wrong usage.`,
  )
  const group = new Command('elasticsearch').description('prepare Elasticsearch, and drop old indices')
  return group.addCommand(setup).addCommand(retain)
}
