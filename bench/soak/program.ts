import { setTimeout as wait } from 'node:timers/promises'
import { type Clicktrail, spawnClicktrail } from '../../test/support/clicktrail.ts'
import { peakMiB } from '../needle/audited.ts'

/** One `clicktrail` process of the soak, through all its restarts. */
export interface Program {
  readonly name: string
  /** Does nothing where it runs. */
  start(): void
  /** Resolves when the process is gone; at once where there is none. */
  stop(signal: NodeJS.Signals): Promise<void>
  /** SIGSTOP, SIGCONT. */
  suspend(): void
  resume(): void
  /** `/metrics`; undefined where nobody answers within 5 s. */
  metrics(): Promise<string | undefined>
  /** What it has logged, in all its runs. */
  output(): string
  /** What it said in each run that ended without being asked to. */
  readonly failures: readonly string[]
  /** The most that a run had resident, MiB, as far as it was looked at: call it often. */
  peakMiB(): number
}

export interface ProgramOptions {
  name: string
  args: readonly string[]
  env: Readonly<Record<string, string>>
  adminPort: number
}

/** As long as an orchestrator may wait before it starts again what has failed. */
const restartMs = 1_000
const tailChars = 4_000

/** Nothing runs before `start`. What ends by itself is counted, and started again. */
export function createProgram({ name, args, env, adminPort }: ProgramOptions): Program {
  let running: Clicktrail | undefined
  let past = ''
  let peak = 0
  let wanted = false
  const failures: string[] = []

  function start(): void {
    wanted = true
    if (running) return
    const started = spawnClicktrail({ args, env: { ...env, CLICKTRAIL_ADMIN_PORT: String(adminPort) } })
    running = started
    started.child.once('close', () => {
      past += started.output()
      if (running !== started) return
      running = undefined
      const { exitCode, signalCode } = started.child
      failures.push(`${name} ended with ${exitCode ?? signalCode}:\n${started.output().slice(-tailChars)}`)
      wait(restartMs).then(() => {
        if (wanted) start()
      })
    })
  }

  return {
    name,
    start,
    async stop(signal) {
      wanted = false
      const stopping = running
      running = undefined
      await stopping?.stop(signal)
    },
    suspend: () => void running?.child.kill('SIGSTOP'),
    resume: () => void running?.child.kill('SIGCONT'),
    async metrics() {
      if (!running) return undefined
      try {
        const answer = await fetch(`http://127.0.0.1:${adminPort}/metrics`, { signal: AbortSignal.timeout(5_000) })
        return await answer.text()
      } catch {
        // It starts, is suspended or has just been killed.
        return undefined
      }
    },
    output: () => past + (running?.output() ?? ''),
    failures,
    peakMiB() {
      peak = Math.max(peak, peakMiB(running?.child.pid))
      return peak
    },
  }
}
