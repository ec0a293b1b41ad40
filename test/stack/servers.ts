import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { addresses, kafkaBrokers } from './addresses.ts'
import { wipeElasticsearch } from './elasticsearch.ts'
import { stackDir } from './folders.ts'
import { withLock } from './lock.ts'
import { inspect, isReady, type ServerProcess, stopProcess } from './server-process.ts'
import {
  chooseBrokers,
  forgetBrokers,
  rememberedBrokers,
  selectProcesses,
  serverNames,
  stackProcesses,
} from './stack-processes.ts'
import { startTogether } from './start-together.ts'

export { addresses } from './addresses.ts'
export { runHive } from './hive.ts'

export interface StartOptions {
  /** Kafka nodes, 1 or 3. @default as many as were started last, until the whole stack is stopped; else 1 */
  brokers?: number
  /** Gets a line at each step. @default none */
  progress?: (line: string) => void
}

/**
 * Starts servers side by side and resolves when all of them serve, with the names of the processes that weren't
 * running before. Names are servers or single processes; what a server has stored it still has.
 * Throws one error that holds every reason why one could not be started; the others keep running.
 */
export async function startServers(names: readonly string[], options: StartOptions = {}): Promise<string[]> {
  const { progress = () => undefined } = options
  return await withLock('servers', async () => {
    const kafkaToo = names.some(name => name.startsWith('kafka'))
    const brokers = kafkaToo ? chooseBrokers(options.brokers) : rememberedBrokers()
    const outcomes = await startTogether(selectProcesses(stackProcesses(brokers, progress), names), progress)
    const reasons = new Set(outcomes.flatMap(({ error }) => error ?? []))
    if (reasons.size > 0) throw new Error([...reasons].join('\n\n'))
    return outcomes.flatMap(({ name, started }) => (started ? [name] : []))
  })
}

/** As `startServers`, for one; true when something had to be started. */
export async function startServer(name: string, options?: StartOptions): Promise<boolean> {
  return (await startServers([name], options)).length > 0
}

/**
 * Ends servers side by side, keeping their data, and resolves when they are gone, with the names of the processes that
 * ran. `SIGKILL` instead of the default `SIGTERM` is a crash.
 */
export async function stopServers(names: readonly string[], signal?: 'SIGTERM' | 'SIGKILL'): Promise<string[]> {
  return await withLock('servers', async () => {
    const processes = selectProcesses(stackProcesses(rememberedBrokers()), names)
    const ran = await Promise.all(processes.map(({ process }) => stopProcess(process.name, signal)))
    // a stop of everything forgets the size of the cluster; a stop of Kafka alone is an outage
    if (serverNames.every(name => names.includes(name))) forgetBrokers()
    return processes.flatMap(({ process }, index) => (ran[index] ? [process.name] : []))
  })
}

/** As `stopServers`, for one; true when something ran. */
export async function stopServer(name: string, signal?: 'SIGTERM' | 'SIGKILL'): Promise<boolean> {
  return (await stopServers([name], signal)).length > 0
}

/** Deletes all that the servers have stored, Hive's tables too. Throws when one of them runs. */
export async function wipeServers(): Promise<void> {
  await withLock('servers', async () => {
    const running = stackProcesses(3).flatMap(({ process: { name } }) => (inspect(name).running.length > 0 ? name : []))
    if (running.length > 0) throw new Error(`Stop them first: ${running.join(', ')} still run.`)
    rmSync(join(stackDir, 'servers'), { recursive: true, force: true })
    wipeElasticsearch()
  })
}

export interface ProcessStatus {
  name: string
  /** `died`: it was started and not stopped, yet it is gone. */
  state: 'serving' | 'not ready' | 'stopped' | 'died'
  pid?: number
  rssBytes: number
  ports: number[]
}

/** One row for each process of the stack. */
export async function serverStatus(): Promise<ProcessStatus[]> {
  return await Promise.all(stackProcesses(rememberedBrokers()).map(({ process }) => statusOf(process)))
}

async function statusOf(server: ServerProcess): Promise<ProcessStatus> {
  const { group, running } = inspect(server.name)
  const rssBytes = running.reduce((sum, process) => sum + process.rssBytes, 0)
  const row = { name: server.name, ports: server.ports, rssBytes }
  if (group === undefined) return { ...row, state: 'stopped' }
  if (running.length === 0) return { ...row, state: 'died' }
  return { ...row, state: (await isReady(server)) ? 'serving' : 'not ready', pid: group }
}

/** The addresses of what runs, under the names of the environment variables that Clicktrail reads. */
export function currentAddresses(): Record<keyof typeof addresses, string> {
  return { ...addresses, KAFKA_BROKERS: kafkaBrokers(rememberedBrokers()) }
}
