import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fuzzedBody } from './bodies.ts'
import type { Report } from './collector-process.ts'
import { type Random, seeded } from './random.ts'
import { fuzzedScript } from './scripts.ts'
import { FuzzFailure, openBodySender, play } from './send.ts'

export interface FuzzOptions {
  /** The bundled collector-process. */
  server: string
  bodies: number
  sockets: number
  seed: number
  progress(line: string): void
}

const connections = 16
const pipelined = 8
const socketsAtOnce = 32
/** How often a good event is sent, and memory looked at, in each of the two parts. */
const rounds = 24

/** Throws for a crash, an answer outside the table, a good event that is lost afterwards, a fault that was logged, or memory that grows. */
export async function fuzz(options: FuzzOptions): Promise<void> {
  const { server, bodies, sockets, seed, progress } = options
  const child = fork(server, [], { execArgv: ['--expose-gc'], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  let ended: string | undefined
  child.on('exit', (code, signal) => {
    ended = `the collector ended with ${signal ?? code}`
  })
  try {
    const [{ port }] = await once(child, 'message')
    const part = async (name: string, total: number, send: (count: number, random: Random) => Promise<void>) => {
      const random = seeded(seed)
      const memory: Report[] = []
      for (let round = 0; round < rounds; round++) {
        const count = Math.floor((total * (round + 1)) / rounds) - Math.floor((total * round) / rounds)
        await send(count, random)
        if (ended !== undefined) throw new Error(ended)
        const report = await check(child, port, `probe-${name}-${round}`)
        memory.push(report)
        const sent = Math.floor((total * (round + 1)) / rounds)
        progress(
          `${sent} ${name}, ${report.appended} events taken, heap ${mib(report.heapBytes)}, anonymous ${mib(report.rssAnonBytes)}`,
        )
      }
      checkFlat(name, memory)
    }
    await part('bodies', bodies, (count, random) => sendBodies(port, count, random))
    await part('sockets', sockets, (count, random) => sendScripts(port, count, random))
  } catch (error) {
    // A crash shows as a broken connection first.
    await new Promise(resolve => setTimeout(resolve, 200))
    if (!(error instanceof FuzzFailure)) throw error
    const replay = `--replay ${error.input.toString('base64')}`
    throw new Error([ended, error.message, `seed ${seed}`, replay].filter(Boolean).join('\n'))
  } finally {
    if (child.connected) child.disconnect()
  }
}

async function sendBodies(port: number, count: number, random: Random): Promise<void> {
  const senders = await Promise.all(Array.from({ length: connections }, () => openBodySender(port)))
  let left = count
  const sendOn = async (send: (body: Buffer) => Promise<number>) => {
    while (left-- > 0) await send(fuzzedBody(random))
  }
  await Promise.all(senders.flatMap(({ send }) => Array.from({ length: pipelined }, () => sendOn(send))))
  for (const { close } of senders) close()
}

async function sendScripts(port: number, count: number, random: Random): Promise<void> {
  let left = count
  const playOn = async () => {
    while (left-- > 0) await play(port, fuzzedScript(random))
  }
  await Promise.all(Array.from({ length: socketsAtOnce }, playOn))
}

/** A good event has to be taken now, as always. */
async function check(child: ChildProcess, port: number, action: string): Promise<Report> {
  const sender = await openBodySender(port)
  const status = await sender.send(Buffer.from(`{"site":"fuzz","events":[{"action":"${action}"}]}`))
  sender.close()
  if (status !== 204) throw new Error(`a good event was answered ${status}`)
  child.send('report')
  const [report]: Report[] = await once(child, 'message')
  if (report === undefined) throw new Error('the collector told nothing')
  if (!report.probes.includes(action))
    throw new Error(`the good event ${action} was acknowledged, but is not on the topic`)
  if (report.faults.length > 0) throw new Error(`the collector logged:\n${report.faults.join('\n')}`)
  return report
}

/** The last quarter's memory may be above the first's by a quarter and 8 MiB: caches fill, garbage of Node's own comes and goes. */
function checkFlat(name: string, reports: readonly Report[]): void {
  const quarter = Math.floor(reports.length / 4)
  const heap = (some: readonly Report[]) => median(some.map(({ heapBytes }) => heapBytes))
  const first = heap(reports.slice(0, quarter))
  const end = heap(reports.slice(-quarter))
  if (end > first * 1.25 + 8 * 1_024 * 1_024)
    throw new Error(`the heap grew from ${mib(first)} to ${mib(end)} with the ${name}`)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

function mib(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MiB`
}
