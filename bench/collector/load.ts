import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json, text } from 'node:stream/consumers'
import { z } from 'zod'
import type { Sample } from './bodies.ts'
import { cores, onCore, type Server } from './pinned.ts'

const answersSchema = z.object({
  requests: z.number(),
  events: z.number(),
  /** Of the counted time alone, without what came after its end. */
  eventsPerSecond: z.number(),
  averageMs: z.number(),
  p50Ms: z.number(),
  p90Ms: z.number(),
  p99Ms: z.number(),
  maxMs: z.number(),
  sendP99Ms: z.number(),
})
const reportSchema = z.object({
  seconds: z.number(),
  answers: z.record(z.string(), answersSchema),
  unanswered: z.number(),
  /** With 204, the warm-up included. */
  allEvents: z.number(),
  cut: z.number(),
  reconnects: z.number(),
  unsent: z.number(),
})

export type Answers = z.infer<typeof answersSchema>
/** What the load generator has seen; times count from the schedule. */
export type LoadReport = z.infer<typeof reportSchema>

export interface LoadOptions {
  samples: readonly Sample[]
  seconds: number
  /** Seconds before, which aren't counted. @default 1 */
  warmup?: number
  /** Events a second on a fixed schedule. @default as fast as answers come */
  rate?: number
  /** @default 64 */
  connections?: number
  /** Seconds that answers may take after the end of a schedule. @default 10 */
  drain?: number
}

/** The load generator: the command that runs it, and what headers it sends. */
export interface Generator {
  file: string
  args: readonly string[]
  headers: 'plain' | 'browser'
}

/** Loads a server from the other core and resolves with what came back. Throws when the generator fails. */
export async function load(generator: Generator, server: Server, options: LoadOptions): Promise<LoadReport> {
  const { samples, seconds, warmup = 1, rate = 0, connections = 64, drain = 10 } = options
  const folder = mkdtempSync(join(tmpdir(), 'clicktrail-bench-'))
  const corpus = join(folder, 'bodies.ndjson')
  writeFileSync(corpus, samples.map(sample => `${JSON.stringify(sample)}\n`).join(''))
  const flags = {
    address: `127.0.0.1:${server.port}`,
    corpus,
    headers: generator.headers,
    seconds,
    warmup,
    rate,
    connections,
    drain,
  }
  const given = Object.entries(flags).map(([name, value]) => `-${name}=${value}`)
  const { file, args } = onCore(cores.others, generator.file, [...generator.args, ...given])
  try {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    const closed = once(child, 'close')
    const [errors, report] = await Promise.all([text(child.stderr), json(child.stdout).catch(() => undefined), closed])
    if (child.exitCode !== 0) throw new Error(`the load on ${server.name} failed: ${errors.trim()}\n${server.output()}`)
    return reportSchema.parse(report)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Events a second that were acknowledged with 204. */
export function acknowledgedPerSecond(report: LoadReport): number {
  return report.answers['204']?.eventsPerSecond ?? 0
}

/** Throws unless every answer is a 204: a figure of refused requests would be none. */
export function mustAcknowledge(server: Server, report: LoadReport): LoadReport {
  const others = Object.entries(report.answers).filter(([status]) => status !== '204')
  if (others.length > 0 || report.answers['204'] === undefined) {
    const statuses = Object.entries(report.answers).map(([status, { requests }]) => `${requests} x ${status}`)
    throw new Error(`${server.name} did not acknowledge all: ${statuses.join(', ') || 'no answer'}\n${server.output()}`)
  }
  return report
}
