import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { tailOf } from '../../stack/run.ts'
import { until } from '../../support/until.ts'

/** A server that may be killed and started again. Its process ends with ours. */
export interface OwnServer {
  /** Resolves when it serves; `more` goes behind its arguments, this time. A NameNode that was killed may be in safe mode for a moment after. */
  start(...more: string[]): Promise<void>
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
  /** It keeps its connections and answers nobody. Nothing happens to one that doesn't run. */
  suspend(): void
  resume(): void
}

export interface OwnServerOptions {
  java: string
  /** Beside our own environment. */
  env?: NodeJS.ProcessEnv
  /** Run as this user and group instead of our own. */
  uid?: number
  args: readonly string[]
  /** The file that gets what it prints. */
  log: string
  /** May reject: that is a no. */
  serves(): Promise<boolean>
}

const readyMs = 300_000

/** It and what it has started: Elasticsearch is two processes. */
function kill(running: ChildProcess, signal: NodeJS.Signals): boolean {
  const isOver = running.pid === undefined || running.exitCode !== null || running.signalCode !== null
  return !isOver && process.kill(-(running.pid ?? 0), signal)
}

const started = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of started) kill(child, 'SIGKILL')
})

/** Starts nothing yet. `start` rejects, with the end of the log, for a server that ends meanwhile or takes longer than five minutes. */
export function ownServer({ java, args, log, serves, env, uid }: OwnServerOptions): OwnServer {
  let child: ChildProcess | undefined
  return {
    async start(...more) {
      const output = openSync(log, 'a')
      const own = spawn(java, [...args, ...more], {
        stdio: ['ignore', output, output],
        detached: true,
        env: { ...process.env, ...env },
        ...(uid !== undefined && { uid, gid: uid }),
      })
      closeSync(output)
      child = own
      started.add(own)
      const isReady = () => {
        if (own.exitCode !== null) throw new Error(`it ended while it started:\n${tailOf(log)}`)
        return serves().catch(() => false)
      }
      await until(isReady, { what: `the server of ${log}`, timeoutMs: readyMs, everyMs: 200 })
    },
    async end(signal) {
      const running = child
      child = undefined
      if (!running) return
      const exited = once(running, 'exit')
      if (kill(running, signal)) await exited
      started.delete(running)
    },
    suspend: () => void (child && kill(child, 'SIGSTOP')),
    resume: () => void (child && kill(child, 'SIGCONT')),
  }
}
