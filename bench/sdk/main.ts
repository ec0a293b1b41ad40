import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { chromiumLaunch } from '../../test/support/chromium.ts'
import { pickPeers } from '../peers/peers.ts'
import { missedGates } from './gates.ts'
import { measure } from './measure.ts'
import { tableOf } from './table.ts'

const usage = `Usage: npm run bench -- sdk [options]

Compares the SDK with other trackers in Chromium: the table goes to stdout, progress to stderr. Ends with 1 when
Clicktrail misses a gate of bench/sdk/gates.ts. Takes up to ten minutes.

  --only a,b   these trackers alone
  --loads N    page loads for the start-up time of each (15)
  --json       rows as JSON instead of the table
  --help       print this`

interface Flags {
  only: string | undefined
  loads: number
  json: boolean
  help: boolean
}

/** Throws, in words for the command line, for what is no option or no number of loads. */
function readFlags(): Flags {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      loads: { type: 'string', default: '15' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const loads = Number(values.loads)
  if (!Number.isInteger(loads) || loads < 1) throw new Error(`--loads is a whole number from 1 on, not ${values.loads}`)
  return { ...values, only: values.only, loads }
}

async function run({ only, loads, json }: Flags): Promise<void> {
  const peers = pickPeers(only)
  const browser = await chromium.launch(await chromiumLaunch())
  try {
    const rows = await measure(browser, peers, { loads, log: line => console.error(line) })
    console.log(json ? JSON.stringify(rows, null, 2) : tableOf(rows))
    const missed = missedGates(rows)
    for (const line of missed) console.error(line)
    if (missed.length > 0) process.exitCode = 1
  } finally {
    await browser.close()
  }
}

try {
  const flags = readFlags()
  if (flags.help) console.log(usage)
  else await run(flags)
} catch (error) {
  console.error(`bench sdk: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 2
}
