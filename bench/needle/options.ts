import { parseArgs } from 'node:util'

export interface Options {
  /** Records on the topic. */
  records: number
  partitions: number
  brokers: string
  hdfs: string
  elasticsearch: string
  help: boolean
}

export const usage = `Usage: npm run bench -- needle [options]

One of a million: fills a topic of its own, lands it with both writers (clicktrail consume hdfs|elasticsearch), and audits it: while
they write, when all has landed, with one document deleted by hand, and with one row taken out of one file by hand. One record in a hundred is
a copy, one in 10,000 can't be read. Prints what each audit said, how long it took and the most memory that it had.

  --records N     on the topic (1000000)
  --partitions N  of the topic (4)
  --help          print this

Servers: KAFKA_BROKERS, HDFS_URL, ELASTICSEARCH_URL, or those of npm run stack -- start. Exit 1: an audit was wrong. Exit 2: wrong options.`

/** Reads the command line and the servers. Throws an error that says what is wrong with it. */
export function optionsOf(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      records: { type: 'string', default: '1000000' },
      partitions: { type: 'string', default: '4' },
      help: { type: 'boolean', default: false },
    },
  })
  return {
    records: count('--records', values.records, 1_000),
    partitions: count('--partitions', values.partitions, 1),
    brokers: env['KAFKA_BROKERS'] ?? '127.0.0.1:9092',
    hdfs: env['HDFS_URL'] ?? 'http://127.0.0.1:9870',
    elasticsearch: env['ELASTICSEARCH_URL'] ?? 'http://127.0.0.1:9200',
    help: values.help,
  }
}

function count(flag: string, text: string, least: number): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < least) throw new Error(`${flag} ${text}: a whole number from ${least}`)
  return value
}
