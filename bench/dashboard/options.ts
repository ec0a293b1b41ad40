import { parseArgs } from 'node:util'

/** What the command line asks for. */
export interface Options {
  events: number
  rounds: number
  /** Where to put pictures of the page, instead of measuring. */
  pictures: string | undefined
  json: boolean
  help: boolean
}

export const usage = `Usage: npm run bench -- dashboard [options]

How long the dashboard takes on a month of landed files: the page's first paint in Chromium, every panel for a day, a week,
a month and all, as the page asks it, and the ready queries of the SQL box. The files are generated in a temporary folder that is removed again.

  --events N      landed events (1000000)
  --rounds N      questions of each kind (5)
  --pictures DIR  take the README's pictures of the page instead
  --json          print JSON instead of the table
  --help          print this

Exit 1: a median above its limit: 1 s for the first paint, 500 ms for a panel, 2.5 s for a query. Exit 2: wrong options.`

/** Reads the command line. Throws an error that says what is wrong with it. */
export function optionsOf(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      events: { type: 'string', default: '1000000' },
      rounds: { type: 'string', default: '5' },
      pictures: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  return {
    events: count('--events', values.events),
    rounds: count('--rounds', values.rounds),
    pictures: values.pictures,
    json: values.json,
    help: values.help,
  }
}

function count(name: string, text: string): number {
  if (!/^[1-9]\d{0,7}$/.test(text)) throw new Error(`${name} must be a whole number from 1 on, not "${text}"`)
  return Number(text)
}
