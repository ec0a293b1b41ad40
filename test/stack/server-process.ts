import { spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { logFile, stackDir } from './folders.ts'
import { poll } from './poll.ts'
import { portsTaken } from './port.ts'
import { marked, processTable, type RunningProcess } from './process-table.ts'
import { tailOf } from './run.ts'

/** How to start one process of a server. The mark must be among its arguments, or be handed on to its JVM. */
export interface Launch {
  file: string
  args: string[]
  cwd: string
  env?: NodeJS.ProcessEnv
  /** Run as this user and group instead of our own. */
  uid?: number
}

/** One process of a server, as it is known before it runs. */
export interface ServerProcess {
  /** `kafka-1`, `namenode`, … Its log and pid file are named after it. */
  name: string
  ports: number[]
  /** Writes configuration, formats the storage where that is new, and says how to start. */
  prepare(mark: string): Promise<Launch>
  /** Whether it serves. May throw: that is a no. `log` is what it has printed since it started. */
  ready(log: string): Promise<boolean>
}

const readyMs = 180_000
const stopMs = 30_000
const pidFile = (name: string): string => join(stackDir, 'pids', name)

/** The JVM argument by which a process of this checkout is recognised. */
export const markOf = (name: string): string => `-Dclicktrail.stack=${stackDir.replaceAll(' ', '_')}/${name}`

/** What runs of a process that was started from this checkout, and what is known of it. Never somebody else's process. */
export function inspect(name: string): { group?: number; running: RunningProcess[] } {
  if (!existsSync(pidFile(name))) return { running: [] }
  const group = Number(readFileSync(pidFile(name), 'utf8'))
  return { group, running: marked(processTable(), group, markOf(name)) }
}

/** Whether it serves right now. */
export async function isReady(server: ServerProcess): Promise<boolean> {
  try {
    return await server.ready(existsSync(logFile(server.name)) ? readFileSync(logFile(server.name), 'utf8') : '')
  } catch {
    return false
  }
}

/** Waits until it serves. Throws with its log's tail and path when it ends before or takes longer than three minutes. */
async function untilReady(server: ServerProcess, group: number, signal: AbortSignal): Promise<void> {
  const logs = () => `The end of ${logFile(server.name)}:\n${tailOf(logFile(server.name))}`
  const served = await poll(readyMs, async () => {
    signal.throwIfAborted()
    if (!processTable().some(process => process.group === group)) {
      rmSync(pidFile(server.name), { force: true })
      throw new Error(`${server.name} died while it started. ${logs()}`)
    }
    return await isReady(server)
  })
  if (!served) throw new Error(`${server.name} was not ready after ${readyMs / 1000} s. ${logs()}`)
}

function launch(name: string, { file, args, cwd, env, uid }: Launch): number {
  mkdirSync(join(stackDir, 'logs'), { recursive: true })
  mkdirSync(join(stackDir, 'pids'), { recursive: true })
  const log = logFile(name)
  if (existsSync(log)) renameSync(log, log.replace(/\.log$/, '.previous.log'))
  const output = openSync(log, 'a')
  const child = spawn(file, args, {
    cwd,
    env: { ...process.env, ...env },
    // a process group of its own: Ctrl-C in the terminal ends the command, not the servers
    detached: true,
    stdio: ['ignore', output, output],
    ...(uid !== undefined && { uid, gid: uid }),
  })
  closeSync(output)
  child.on('error', () => undefined)
  child.unref()
  if (child.pid === undefined) throw new Error(`${name} could not be started: ${file} can't be run.`)
  writeFileSync(pidFile(name), String(child.pid))
  return child.pid
}

/**
 * Resolves when the process serves: true when it was started, false when it already ran. Throws when one of its ports
 * is taken by somebody else, as `untilReady`, or with the signal's reason when that comes first.
 */
export async function startProcess(
  server: ServerProcess,
  progress: (line: string) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const begin = Date.now()
  const { group, running } = inspect(server.name)
  if (group !== undefined && running.length > 0) {
    progress(`${server.name} is already running (pid ${group})`)
    await untilReady(server, group, signal)
    return false
  }
  // what was killed a moment ago may still be closing its ports
  const free = await poll(group === undefined ? 0 : 10_000, async () => (await portsTaken(server.ports)).length === 0)
  if (!free) {
    const taken = (await portsTaken(server.ports)).join(', ')
    throw new Error(`${server.name} can't start: port ${taken} on 127.0.0.1 is taken by a process that is not ours.`)
  }
  const start = await server.prepare(markOf(server.name))
  progress(`${server.name}: starting…`)
  const pid = launch(server.name, start)
  await untilReady(server, pid, signal)
  progress(`${server.name}: ready in ${((Date.now() - begin) / 1000).toFixed(1)} s (pid ${pid})`)
  return true
}

/**
 * Resolves when the process is gone: true when it ran, false when it didn't. It is sent `signal` and, after 30 s,
 * SIGKILL. Only a process that was started from this checkout is ever signalled.
 */
export async function stopProcess(name: string, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<boolean> {
  const { group, running } = inspect(name)
  rmSync(pidFile(name), { force: true })
  if (group === undefined || running.length === 0) return false
  const gone = async () => marked(processTable(), group, markOf(name)).length === 0
  const send = (target: number, what: NodeJS.Signals) => {
    try {
      process.kill(target, what)
    } catch {
      // it ended in between
    }
  }
  // SIGTERM goes to the first of the group only, which ends its children in its own order
  const leader = running.some(({ pid }) => pid === group) ? group : -group
  send(signal === 'SIGKILL' ? -group : leader, signal)
  if (!(await poll(stopMs, gone))) {
    send(-group, 'SIGKILL')
    await poll(5_000, gone)
  }
  return true
}
