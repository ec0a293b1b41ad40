import { parseArgs } from 'node:util'

/** What the command line asks for. */
export interface Options {
  minutes: number
  /** Events a second. */
  rate: number
  seed: number
  hdfs: string
  elasticsearch: string
  help: boolean
}

export const usage = `Usage: npm run bench -- soak [options]

Visitors post to a collector while one process after the other is killed, ended, suspended or joined by a second one, and the broker
is restarted. Meanwhile \`clicktrail audit --watch\` looks again and again at what came in during the last five minutes, and an audit
of all of it runs every ten. In the end each event that the collector acknowledged has to lie once in HDFS and once in Elasticsearch.

  --minutes N  how long visitors come (30)
  --rate N     events a second (500)
  --seed N     what happens, and when; another one each time unless it is given
  --help       print this

Starts a broker of its own (Java 17 needed); a folder and an index of its own on HDFS_URL and ELASTICSEARCH_URL, or the servers of
npm run stack -- start. What each process said is left in .stack/logs/soak-*.log. Exit 1: an audit raised a false alarm, an event is lost, doubled or unknown, or a process failed. Exit 2: wrong options.`

/** Reads the command line and the servers. Throws an error that says what is wrong with it. */
export function optionsOf(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '30' },
      rate: { type: 'string', default: '500' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      help: { type: 'boolean', default: false },
    },
  })
  return {
    minutes: count('--minutes', values.minutes),
    rate: count('--rate', values.rate),
    seed: count('--seed', values.seed),
    hdfs: env['HDFS_URL'] ?? 'http://127.0.0.1:9870',
    elasticsearch: env['ELASTICSEARCH_URL'] ?? 'http://127.0.0.1:9200',
    help: values.help,
  }
}

function count(flag: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new Error(`${flag} ${text}: a whole number from 1`)
  return value
}
