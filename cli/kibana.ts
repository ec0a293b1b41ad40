import { Command, InvalidArgumentError } from 'commander'
import { elasticsearchSettings, toCommand } from './options/options.ts'

/** `clicktrail kibana import|objects`: the data view, searches and the dashboard. */
export function kibana(): Command {
  const settings = elasticsearchSettings.filter(key => key !== 'elasticsearchUrl')
  const importing = toCommand({
    name: 'import',
    command: 'kibana',
    help: 'give Kibana the data view, the saved searches and the dashboard; safe to repeat',
    settings,
    flags: [
      {
        flags: '--kibana-url <url>',
        help: 'where Kibana is, with its base path (default: http://127.0.0.1:5601)',
        parse: httpAddress,
      },
      { flags: '--space <name>', help: 'space that gets them (default: the default space)' },
    ],
    run: async (config, flags) => (await import('./run-kibana.ts')).runImport(config, flags),
  }).addHelpText(
    'after',
    `
What is there under the same ids is replaced: copy the dashboard before you change it. Waits up to two minutes for a Kibana that is
starting. Kibana 8.9 or later; Kibana takes the credentials of Elasticsearch.`,
  )
  const printing = toCommand({
    name: 'objects',
    command: 'kibana',
    help: 'print what import sends (NDJSON), for Stack Management → Saved Objects → Import',
    settings: ['elasticsearchIndex'],
    run: async config => (await import('./run-kibana.ts')).printObjects(config),
  })
  const group = new Command('kibana').description('make the dashboard in Kibana')
  return group.addCommand(importing).addCommand(printing)
}

function httpAddress(value: string): string {
  if (/^https?:$/.test(URL.canParse(value) ? new URL(value).protocol : '') && !/[?#@]/.test(value)) return value
  throw new InvalidArgumentError('It must be an address such as https://kibana.example:5601, without credentials.')
}
