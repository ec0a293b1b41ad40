import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { until } from './until.ts'

const command = fileURLToPath(new URL('../../dist/clicktrail.js', import.meta.url))

/** A `clicktrail` process under test. */
export interface Clicktrail {
  readonly child: ChildProcess
  /** Everything it has written to standard output and standard error so far. */
  output(): string
  /** Sends a signal and resolves with the exit code, or null when the signal ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

export interface Spawned {
  args: readonly string[]
  env?: Readonly<Record<string, string>>
  /** File descriptors that it may have. @default as many as ours */
  maxFiles?: number
  /** Path of another script to run. @default the built command */
  script?: string
}

/** A shell sets the limit and becomes the process: the pid stays. */
function limited(argv: readonly string[], maxFiles: number): [string, string[]] {
  return ['/bin/sh', ['-c', `ulimit -n ${maxFiles} && exec "$0" "$@"`, process.execPath, ...argv]]
}

/** Starts the built command with only the environment that is given; `start` in a test owns its ports and folders. */
export function spawnClicktrail({ args, env = {}, maxFiles, script = command }: Spawned): Clicktrail {
  const { PATH = '', HOME = '', TZ } = process.env
  const all = [script, ...args]
  const [file, argv] = maxFiles === undefined ? [process.execPath, all] : limited(all, maxFiles)
  const child = spawn(file, argv, {
    env: { PATH, HOME, ...(TZ ? { TZ } : {}), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const keep = (chunk: Buffer) => {
    output += chunk.toString()
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  return {
    child,
    output: () => output,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
      const exited = once(child, 'exit')
      child.kill(signal)
      await exited
      return child.exitCode
    },
  }
}

/** Runs a command to its end. */
export async function runClicktrail(spawned: Spawned): Promise<{ code: number | null; output: string }> {
  const running = spawnClicktrail(spawned)
  await once(running.child, 'close')
  return { code: running.child.exitCode, output: running.output() }
}

/** Waits until the process says `words`; fails at once, with its output, when it ends before. */
export async function untilSaid(running: Clicktrail, words: string, timeoutMs = 30_000): Promise<void> {
  await until(
    () => {
      if (running.child.exitCode !== null) throw new Error(`clicktrail ended:\n${running.output()}`)
      return running.output().includes(words)
    },
    { what: `"${words}" in:\n${running.output()}`, timeoutMs },
  )
}

/** A port of 127.0.0.1 that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
