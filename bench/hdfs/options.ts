import { parseArgs } from 'node:util'

export const rowNames = [
  'bound',
  'memory-store',
  'fake',
  'real',
  'partitions',
  'recovery',
  'restart',
  'latency',
] as const
export type RowName = (typeof rowNames)[number]

export const usage = `Usage: npm run bench -- hdfs [options]

Measures the HDFS writer, each row in a process of its own: the table goes to stdout, progress to stderr. Ends with 1 when
a gate is missed, with 2 when it could not measure. HDFS_URL (and HDFS_USER) names a real HDFS, KAFKA_BROKERS a real Kafka:
rows that need one that is not there are left out (npm run stack -- start).

  --only a,b     ${rowNames.join(', ')} (all)
  --records N    that are landed, in thousands (1500; 300 from Kafka)
  --help         print this`

export interface Flags {
  only: readonly RowName[]
  thousands: number | undefined
  help: boolean
}

/** Throws, in words for the command line, for what is no option, no row or no number. */
export function readFlags(args: string[]): Flags {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', default: rowNames.join(',') },
      records: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const thousands = values.records === undefined ? undefined : Number(values.records)
  if (thousands !== undefined && !(thousands >= 1))
    throw new Error(`--records is a number from 1 on, not ${values.records}`)
  return { only: values.only.split(',').map(rowOf), thousands, help: values.help }
}

function rowOf(text: string): RowName {
  const row = rowNames.find(name => name === text)
  if (row === undefined) throw new Error(`--only is of ${rowNames.join(', ')}, not ${text}`)
  return row
}

/** The servers at hand. */
export const servers = {
  hdfsUrls: process.env['HDFS_URL']?.split(','),
  hdfsUser: process.env['HDFS_USER'] ?? 'clicktrail',
  brokers: process.env['KAFKA_BROKERS']?.split(','),
}
