import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { exchange } from '../support/raw-exchange.ts'
import { fuzz } from './run.ts'
import { posted } from './scripts.ts'

const help = `npm run fuzz -- [--bodies 1000000] [--sockets 100000] [--seed N] [--replay BASE64]
Sends damaged bodies and damaged HTTP to a collector in a process of its own. Ends with 1 for a crash, an unhandled
rejection, an answer that is not in the table (a 500 is not), a good event that is lost, or memory that grows.
--replay sends one input of a failure, as a body and as raw bytes, and prints the answers.`

const { values } = parseArgs({
  options: {
    bodies: { type: 'string', default: '1000000' },
    sockets: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Date.now() % 4_294_967_296) },
    replay: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
const server = join(import.meta.dirname, 'collector-process.mjs')

if (values.help) console.log(help)
else if (values.replay !== undefined) await replay(Buffer.from(values.replay, 'base64'))
else await run()

async function run(): Promise<void> {
  const [bodies, sockets, seed] = [Number(values.bodies), Number(values.sockets), Number(values.seed)]
  if (![bodies, sockets, seed].every(Number.isSafeInteger)) throw new Error(help)
  const startedMs = Date.now()
  const progress = (line: string) => console.error(`${((Date.now() - startedMs) / 1_000).toFixed(0)} s: ${line}`)
  try {
    await fuzz({ server, bodies, sockets, seed, progress })
    console.log(`${bodies} bodies and ${sockets} sockets with the seed ${seed}: nothing found`)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error, `(seed ${seed})`)
    process.exitCode = 1
  }
}

async function replay(input: Buffer): Promise<void> {
  const child = fork(server, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const [{ port }] = await once(child, 'message')
  for (const bytes of [posted(input), input]) {
    const { answers, timedOut } = await exchange(port, { bytes, timeoutMs: 5_000 })
    console.log(
      timedOut ? 'left open' : 'closed',
      answers.map(({ status, body }) => `${status} ${body}`),
    )
  }
  child.disconnect()
}
