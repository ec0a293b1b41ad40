// The load generator where there is no Go: the same flags and the same report, from plain sockets. Slower: where it
// takes its core whole, the figures are its own and not the server's.
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { parseArgs } from 'node:util'
import { z } from 'zod'

const flag = { type: 'string' } as const
const names = ['address', 'path', 'corpus', 'headers', 'connections', 'seconds', 'warmup', 'drain', 'rate'] as const
const { values } = parseArgs({
  args: process.argv.slice(2).map(arg => `-${arg}`),
  options: Object.fromEntries(names.map(name => [name, flag])),
})
const given = z.record(z.string(), z.string().optional()).parse(values)
const number = (name: string, fallback: number) => Number(given[name] ?? fallback)
const [host = '', port = ''] = (given['address'] ?? '127.0.0.1:8080').split(':')
const path = given['path'] ?? '/v1/events'
const rate = number('rate', 0)
const warmupMs = 1_000 * number('warmup', 1)
const measuredMs = 1_000 * number('seconds', 3)
const drainMs = 1_000 * number('drain', 10)

const sampleSchema = z.object({
  UserAgent: z.string(),
  Language: z.string(),
  Origin: z.string(),
  Events: z.number(),
  Body: z.string(),
})
const samples = readFileSync(given['corpus'] ?? '', 'utf8')
  .trimEnd()
  .split('\n')
  .map(line => sampleSchema.parse(JSON.parse(line)))
const events = samples[0]?.Events ?? 1

interface Connection {
  socket: Socket
  dueMs: number
  sentMs: number
  busy: boolean
}
interface Seen {
  inWindow: number
  waits: number[]
  sends: number[]
}

const answers = new Map<string, Seen>()
const idle: Connection[] = []
let [sequence, scheduled, outstanding, allEvents, cut, reconnects, lastMs] = [0, 0, 0, 0, 0, 0, 0]
const beginMs = performance.now()
const countedMs = beginMs + warmupMs
const endMs = countedMs + measuredMs
const total = rate > 0 ? Math.floor(((warmupMs + measuredMs) / 1_000) * (rate / events)) : 0

/** The bytes of the next request: no two events of a run have the same id. */
function nextRequest(): string {
  const sample = samples[sequence % samples.length]
  if (sample === undefined) throw new Error('the corpus is empty')
  const tab = Math.floor(sequence / 8)
    .toString(36)
    .padStart(7, '0')
  const n = 101 + (sequence++ % 8) * events
  const body = sample.Body.replace(/("tab":"\w+)\w{7}"/, `$1${tab}"`).replace('"n":101', `"n":${n}`)
  const head = [
    `POST ${path} HTTP/1.1`,
    `Host: ${host}:${port}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `User-Agent: ${sample.UserAgent}`,
    'Content-Type: text/plain;charset=UTF-8',
    `Origin: ${sample.Origin}`,
    `Accept-Language: ${sample.Language}`,
  ]
  return `${head.join('\r\n')}\r\n\r\n${body}`
}

function send(connection: Connection, dueMs: number): void {
  Object.assign(connection, { dueMs, sentMs: performance.now(), busy: true })
  outstanding++
  connection.socket.write(nextRequest())
}

/** Sends what is due on the sockets that are free. */
function sendDue(): void {
  const now = performance.now()
  if (rate === 0) {
    while (now < endMs && idle.length > 0) sendOn(idle.shift(), now)
    return
  }
  const intervalMs = (1_000 * events) / rate
  while (scheduled < total && idle.length > 0 && beginMs + scheduled * intervalMs <= now) {
    sendOn(idle.shift(), beginMs + scheduled++ * intervalMs)
  }
}

function sendOn(connection: Connection | undefined, dueMs: number): void {
  if (connection !== undefined) send(connection, dueMs)
}

function answered(connection: Connection, status: string): void {
  const now = performance.now()
  connection.busy = false
  outstanding--
  lastMs = now
  if (status === '204') allEvents += events
  const seen = answers.get(status) ?? { inWindow: 0, waits: [], sends: [] }
  answers.set(status, seen)
  if (now >= countedMs && now < endMs) seen.inWindow += events
  if (connection.dueMs < countedMs) return
  seen.waits.push(now - connection.dueMs)
  seen.sends.push(now - connection.sentMs)
}

function open(): void {
  const connection: Connection = {
    socket: connect({ host, port: Number(port), noDelay: true }),
    dueMs: 0,
    sentMs: 0,
    busy: false,
  }
  let arrived = ''
  connection.socket.on('data', chunk => {
    arrived += chunk.toString('latin1')
    const headEnd = arrived.indexOf('\r\n\r\n')
    if (headEnd < 0 || !connection.busy) return
    const head = arrived.slice(0, headEnd)
    const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0)
    if (arrived.length < headEnd + 4 + length) return
    arrived = ''
    answered(connection, head.slice(9, 12))
    if (/^connection: *close/im.test(head)) return
    idle.push(connection)
    if (rate === 0) sendDue()
  })
  connection.socket.on('error', () => connection.socket.destroy())
  connection.socket.on('close', () => {
    if (connection.busy) {
      cut++
      outstanding--
    } else reconnects++
    const at = idle.indexOf(connection)
    if (at >= 0) idle.splice(at, 1)
    if (performance.now() < endMs) open()
  })
  connection.socket.once('connect', () => {
    idle.push(connection)
    sendDue()
  })
}

for (let i = 0; i < number('connections', 64); i++) open()
const timer = setInterval(() => {
  sendDue()
  const now = performance.now()
  if (now < endMs) return
  if (now < endMs + drainMs && rate > 0 && (outstanding > 0 || scheduled < total)) return
  clearInterval(timer)
  report()
}, 1)

function report(): void {
  const byStatus = [...answers].map(([status, { inWindow, waits, sends }]) => {
    const sorted = waits.toSorted((a, b) => a - b)
    const at = (from: readonly number[], q: number) => from[Math.min(Math.floor(q * from.length), from.length - 1)] ?? 0
    const seen = {
      requests: waits.length,
      events: waits.length * events,
      eventsPerSecond: (1_000 * inWindow) / measuredMs,
      averageMs: waits.reduce((sum, one) => sum + one, 0) / Math.max(1, waits.length),
      p50Ms: at(sorted, 0.5),
      p90Ms: at(sorted, 0.9),
      p99Ms: at(sorted, 0.99),
      maxMs: at(sorted, 1),
      sendP99Ms: at(
        sends.toSorted((a, b) => a - b),
        0.99,
      ),
    }
    return [status, seen] as const
  })
  const unsent = rate > 0 ? total - scheduled : 0
  const seconds = (lastMs - countedMs) / 1_000
  const facts = {
    seconds,
    answers: Object.fromEntries(byStatus),
    unanswered: outstanding,
    allEvents,
    cut,
    reconnects,
    unsent,
  }
  process.stdout.write(`${JSON.stringify(facts)}\n`, () => process.exit(0))
}
