import {
  collectorSettings,
  elasticsearchSettings,
  hdfsSettings,
  type Subcommand,
  topicSettings,
} from './options/options.ts'

export const start: Subcommand = {
  name: 'start',
  command: 'start',
  help: 'run everything that is configured in one process: collector, topic, writers, example site, dashboard',
  settings: [
    'dashboard',
    'kibanaLink',
    'grafanaLink',
    ...collectorSettings,
    ...topicSettings,
    ...hdfsSettings,
    ...elasticsearchSettings,
  ],
  // What only this command needs costs the others neither memory nor time.
  run: async config => (await import('./run-start.ts')).runStart(config),
}
