import { parseArgs } from 'node:util'

export const rowNames = ['http', 'path', 'latency', 'overload', 'memory', 'idle', 'acks'] as const
export type RowName = (typeof rowNames)[number]

export const usage = `Usage: npm run bench -- collector [options]

Measures the collector: the table goes to stdout, progress to stderr. The server under test has a core of its own, the
load and the brokers share another (taskset, Linux). Ends with 1 when a gate is missed, with 2 when it could not measure.

  --rows a,b         ${rowNames.join(', ')} (all)
  --seconds N        of each measurement (5); servers warm up for three times that, in path for six times
  --rounds N         of each comparison, the median counts (5)
  --outage MIN       how long the broker is away in the row memory, minutes (1; the issue asks for 10)
  --headers KIND     plain: what any client sends (default); browser: all that Chromium sends, in as many writes
  --json FILE        the figures as JSON too
  --profile FOLDER   CPU profiles of the row http, and their hottest functions
  --help             print this`

export interface Flags {
  rows: readonly RowName[]
  seconds: number
  rounds: number
  outageMinutes: number
  headers: 'plain' | 'browser'
  json: string | undefined
  profile: string | undefined
  help: boolean
}

/** Throws, in words for the command line, for what is no option, no row or no number. */
export function readFlags(args?: string[]): Flags {
  const { values } = parseArgs({
    ...(args && { args }),
    options: {
      rows: { type: 'string', default: rowNames.join(',') },
      seconds: { type: 'string', default: '5' },
      rounds: { type: 'string', default: '5' },
      outage: { type: 'string', default: '1' },
      headers: { type: 'string', default: 'plain' },
      json: { type: 'string' },
      profile: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const { headers } = values
  if (headers !== 'plain' && headers !== 'browser') throw new Error(`--headers is plain or browser, not ${headers}`)
  return {
    rows: values.rows.split(',').map(rowOf),
    seconds: positive('--seconds', values.seconds),
    rounds: positive('--rounds', values.rounds),
    outageMinutes: positive('--outage', values.outage),
    headers,
    json: values.json,
    profile: values.profile,
    help: values.help,
  }
}

function rowOf(text: string): RowName {
  const row = rowNames.find(name => name === text)
  if (row === undefined) throw new Error(`--rows are of ${rowNames.join(', ')}, not ${text}`)
  return row
}

function positive(flag: string, text: string): number {
  const value = Number(text)
  if (!(value > 0) || !Number.isFinite(value)) throw new Error(`${flag} is a number above 0, not ${text}`)
  return value
}
