import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { until } from '../support/until.ts'

/** A server under test that is not ours. */
export interface Program {
  /** Everything it has written so far. */
  output(): string
  /** Resolves when it is gone. */
  stop(): Promise<void>
}

/** Starts it; it ends with our process at the latest. Resolves when `readyUrl` answers 200, and throws with its output when it ends before. */
export async function startProgram(file: string, args: readonly string[], readyUrl: string): Promise<Program> {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const kill = () => child.kill('SIGKILL')
  process.on('exit', kill)
  let output = ''
  const keep = (chunk: Buffer) => {
    output += chunk.toString()
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  await until(
    async () => {
      if (child.exitCode !== null) throw new Error(`${file} ended with ${child.exitCode}:\n${output}`)
      return (await fetch(readyUrl).catch(() => undefined))?.status === 200
    },
    { what: `${file} to be ready`, timeoutMs: 60_000 },
  )
  return {
    output: () => output,
    async stop() {
      process.off('exit', kill)
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
    },
  }
}
