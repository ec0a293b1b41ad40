import { parseArgs } from 'node:util'

export const rowNames = ['fake', 'storm', 'stuck', 'real', 'latency'] as const
export type RowName = (typeof rowNames)[number]

export const usage = `Usage: npm run bench -- elasticsearch [options]

Measures the Elasticsearch writer, each row in a process of its own: the table goes to stdout, progress to stderr. Ends with
1 when a gate is missed, with 2 when it could not measure. ELASTICSEARCH_URL names a real server, KAFKA_BROKERS a real
Kafka: rows that need one that is not there are left out (npm run stack -- start).

  --only a,b     ${rowNames.join(', ')} (all)
  --records N    of a run, in thousands (fake: 600, real: 60)
  --rounds N     of real: raw posts and the writer take turns (5)
  --rate N       of latency, records a second (half of what real got, or 5000)
  --help         print this`

export interface Flags {
  only: readonly RowName[]
  thousands: number | undefined
  rounds: number
  rate: number | undefined
  help: boolean
}

/** Throws, in words for the command line, for what is no option, no row or no number. */
export function readFlags(args: string[]): Flags {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', default: rowNames.join(',') },
      records: { type: 'string' },
      rounds: { type: 'string', default: '5' },
      rate: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  return {
    only: values.only.split(',').map(rowOf),
    thousands: values.records === undefined ? undefined : positive('--records', values.records),
    rounds: positive('--rounds', values.rounds),
    rate: values.rate === undefined ? undefined : positive('--rate', values.rate),
    help: values.help,
  }
}

function positive(name: string, text: string): number {
  const value = Number(text)
  if (!(value >= 1)) throw new Error(`${name} is a number from 1 on, not ${text}`)
  return value
}

function rowOf(text: string): RowName {
  const row = rowNames.find(name => name === text)
  if (row === undefined) throw new Error(`--only is of ${rowNames.join(', ')}, not ${text}`)
  return row
}

/** The servers at hand. */
export const servers = {
  elasticsearchUrl: process.env['ELASTICSEARCH_URL'],
  brokers: process.env['KAFKA_BROKERS']?.split(','),
}
