import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { addresses, kafkaBrokers } from './addresses.ts'
import { elasticsearchProcesses, wipeElasticsearch } from './elasticsearch.ts'
import { serverDir, stackDir } from './folders.ts'
import { hdfsProcesses } from './hdfs.ts'
import { httpfsProcesses } from './httpfs.ts'
import { kafkaProcesses } from './kafka.ts'
import { withLock } from './lock.ts'
import { inspect, isReady, type ServerProcess, startProcess, stopProcess } from './server-process.ts'

export { addresses } from './addresses.ts'
export { runHive } from './hive.ts'

export const serverNames = ['kafka', 'hdfs', 'httpfs', 'elasticsearch'] as const
export type ServerName = (typeof serverNames)[number]

export interface StartOptions {
  /** Kafka nodes, 1 or 3. @default as many as were started last, else 1 */
  brokers?: number
  /** Gets a line at each step. @default none */
  progress?: (line: string) => void
}

const brokersFile = join(serverDir('kafka'), 'brokers')
const rememberedBrokers = () => (existsSync(brokersFile) ? Number(readFileSync(brokersFile, 'utf8')) : 1)

function processesOf(server: ServerName, brokers: number, progress: (line: string) => void): ServerProcess[] {
  if (server === 'kafka') return kafkaProcesses(brokers, progress)
  if (server === 'hdfs') return hdfsProcesses(progress)
  if (server === 'httpfs') return httpfsProcesses(progress)
  return elasticsearchProcesses(progress)
}

/** All processes of the stack, with the server that each belongs to. */
function allProcesses(brokers = rememberedBrokers(), progress: (line: string) => void = () => undefined) {
  return serverNames.flatMap(server => processesOf(server, brokers, progress).map(process => ({ server, process })))
}

/** Those of `name`, which is a server or one of its processes (`kafka-2`, `datanode`). Throws where it is neither. */
function named(all: ReturnType<typeof allProcesses>, name: string): ServerProcess[] {
  const found = all.filter(({ server, process }) => server === name || process.name === name)
  if (found.length > 0) return found.map(({ process }) => process)
  const processes = all.map(({ process }) => process.name).filter(process => !serverNames.some(s => s === process))
  throw new Error(`There is no server ${name}: ${serverNames.join(', ')}, or one process: ${processes.join(', ')}.`)
}

function chooseBrokers(wanted: number | undefined): number {
  const brokers = wanted ?? rememberedBrokers()
  if (brokers !== 1 && brokers !== 3) throw new RangeError(`Kafka runs with 1 or 3 brokers, not ${brokers}.`)
  const running = [1, 2, 3].filter(node => inspect(`kafka-${node}`).running.length > 0)
  if (brokers !== rememberedBrokers() && running.length > 0) {
    throw new Error(`Kafka runs with --brokers ${rememberedBrokers()}: stop it before you start it with ${brokers}.`)
  }
  mkdirSync(serverDir('kafka'), { recursive: true })
  writeFileSync(brokersFile, String(brokers))
  return brokers
}

/**
 * Starts servers side by side and resolves when all of them serve, with the names of the processes that weren't
 * running before. Names are servers or single processes; what a server has stored it still has.
 * Throws one error that holds every reason why one could not be started; the others keep running.
 */
export async function startServers(names: readonly string[], options: StartOptions = {}): Promise<string[]> {
  return await withLock('servers', async () => {
    const all = allProcesses(
      names.some(name => name.startsWith('kafka')) ? chooseBrokers(options.brokers) : undefined,
      options.progress,
    )
    const processes = names.flatMap(name => named(all, name))
    const outcomes = await Promise.allSettled(
      processes.map(process => startProcess(process, options.progress ?? (() => undefined))),
    )
    const reasons = outcomes.flatMap(outcome =>
      outcome.status === 'rejected' ? [String(outcome.reason?.message)] : [],
    )
    if (reasons.length > 0) throw new Error([...new Set(reasons)].join('\n\n'))
    return processes.flatMap(({ name }, index) => {
      const outcome = outcomes[index]
      return outcome?.status === 'fulfilled' && outcome.value ? [name] : []
    })
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
    const all = allProcesses()
    const processes = names.flatMap(name => named(all, name))
    const ran = await Promise.all(processes.map(({ name }) => stopProcess(name, signal)))
    // a stop of everything forgets the size of the cluster; a stop of Kafka alone is an outage
    if (serverNames.every(name => names.includes(name))) rmSync(brokersFile, { force: true })
    return processes.flatMap(({ name }, index) => (ran[index] ? [name] : []))
  })
}

/** As `stopServers`, for one; true when something ran. */
export async function stopServer(name: string, signal?: 'SIGTERM' | 'SIGKILL'): Promise<boolean> {
  return (await stopServers([name], signal)).length > 0
}

/** Deletes all that the servers have stored, Hive's tables too. Throws when one of them runs. */
export async function wipeServers(): Promise<void> {
  const running = allProcesses(3).filter(({ process }) => inspect(process.name).running.length > 0)
  if (running.length > 0) {
    throw new Error(`Stop them first: ${running.map(({ process }) => process.name).join(', ')} still run.`)
  }
  rmSync(join(stackDir, 'servers'), { recursive: true, force: true })
  wipeElasticsearch()
}

export interface ProcessStatus {
  name: string
  /** `died`: it was started and not stopped, yet it is gone. */
  state: 'serving' | 'starting' | 'stopped' | 'died'
  pid?: number
  rssBytes: number
  ports: number[]
}

/** One row for each process of the stack. */
export async function serverStatus(): Promise<ProcessStatus[]> {
  return await Promise.all(allProcesses().map(({ process }) => statusOf(process)))
}

async function statusOf(process: ServerProcess): Promise<ProcessStatus> {
  const { group, running } = inspect(process.name)
  const row = {
    name: process.name,
    ports: process.ports,
    rssBytes: running.reduce((sum, { rssBytes }) => sum + rssBytes, 0),
  }
  if (group === undefined) return { ...row, state: 'stopped' }
  if (running.length === 0) return { ...row, state: 'died' }
  return { ...row, state: (await isReady(process)) ? 'serving' : 'starting', pid: group }
}

/** The addresses of what runs, under the names of the environment variables that Clicktrail reads. */
export function currentAddresses(): Record<keyof typeof addresses, string> {
  return { ...addresses, KAFKA_BROKERS: kafkaBrokers(rememberedBrokers()) }
}
