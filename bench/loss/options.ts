import { parseArgs } from 'node:util'

/** What the command line asks for. */
export interface Options {
  rounds: number
  /** Batches that visitors have on their way at a time, for each of the two collectors. */
  posters: number
  json: boolean
  help: boolean
}

export const usage = `Usage: npm run bench -- loss [options]

What is lost of what the collector acknowledged when a broker is killed. Three brokers of its own (Kafka 4.3, no shared
stack); in each round two new topics as \`clicktrail topics apply\` makes them (6 partitions, replication factor 2), one
collector with acks=1 and one with acks=all under the same load, and kill -9 of the broker that leads a third of both.
The load goes on for 15 s, over the election; then the broker comes back and the topics are read.

  --rounds N   rounds; the brokers take turns (10)
  --posters N  batches of ten events on their way at a time, each collector (16)
  --json       print JSON instead of the table
  --help       print this

Needs Java 17 and a built checkout. Exit 1: acks=all lost something. Exit 2: wrong options.`

/** Reads the command line. Throws an error that says what is wrong with it. */
export function optionsOf(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '10' },
      posters: { type: 'string', default: '16' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  return {
    rounds: count('--rounds', values.rounds),
    posters: count('--posters', values.posters),
    json: values.json,
    help: values.help,
  }
}

function count(flag: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new Error(`${flag} ${text}: a whole number from 1`)
  return value
}
