import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { freePort } from '../../test/support/clicktrail.ts'
import { until } from '../../test/support/until.ts'

/** The core of the server under test, and the one of the load and the brokers. */
export const cores = { server: 0, others: 1 } as const

/** A command that runs on one core. Without taskset (not Linux) the rows mean nothing: throws. */
export function onCore(core: number, file: string, args: readonly string[]): { file: string; args: string[] } {
  if (spawnSync('taskset', ['--version']).error) {
    throw new Error('taskset is needed, to give server and load a core each. Debian/Ubuntu: apt-get install util-linux')
  }
  return { file: 'taskset', args: ['-c', String(core), file, ...args] }
}

export interface Command {
  name: string
  file: string
  args: readonly string[]
  env?: Readonly<Record<string, string>>
  /** A GET that answers 200 once it serves. @default its port is open */
  readyPath?: string
}

/** A server under test, alone on its core. */
export interface Server {
  readonly name: string
  readonly pid: number
  readonly port: number
  /** The second port that it was given, of a collector's admin. */
  readonly adminPort: number
  /** What it has printed, the last 64 KB. */
  output(): string
  /** Takes the core from it until `resume`, so that an idle neighbour costs nothing. */
  pause(): void
  resume(): void
  /** Ends it, by force after 15 s. */
  stop(): Promise<void>
}

/** Starts a command with PORT and ADMIN_PORT in its environment and waits until it serves. Throws with its output when it doesn't within a minute. */
export async function startServer(command: Command): Promise<Server> {
  const [port, adminPort] = [await freePort(), await freePort()]
  const { file, args } = onCore(cores.server, command.file, command.args)
  const { PATH = '', HOME = '' } = process.env
  const ports = {
    PORT: String(port),
    ADMIN_PORT: String(adminPort),
    CLICKTRAIL_PORT: String(port),
    CLICKTRAIL_ADMIN_PORT: String(adminPort),
  }
  const child = spawn(file, args, {
    env: { PATH, HOME, ...ports, ...command.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-65_536)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  await once(child, 'spawn')
  const stop = () => end(child)
  try {
    const said = () => `${command.name} printed:\n${output}`
    await until(
      async () => {
        if (child.exitCode !== null) throw new Error(`${command.name} ended with ${child.exitCode}. ${said()}`)
        return command.readyPath === undefined ? await isOpen(port) : await answers200(adminPort, command.readyPath)
      },
      { what: `${command.name} to serve`, timeoutMs: 60_000 },
    ).catch(error => {
      throw new Error(`${error instanceof Error ? error.message : error}\n${said()}`)
    })
  } catch (error) {
    await stop()
    throw error
  }
  const pause = () => child.kill('SIGSTOP')
  const resume = () => child.kill('SIGCONT')
  return { name: command.name, pid: child.pid ?? 0, port, adminPort, output: () => output, pause, resume, stop }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGCONT')
  child.kill('SIGTERM')
  const force = setTimeout(() => child.kill('SIGKILL'), 15_000)
  await exited
  clearTimeout(force)
}

function isOpen(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host: '127.0.0.1', port }, () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

async function answers200(port: number, path: string): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}${path}`)).ok
  } catch {
    return false
  }
}
