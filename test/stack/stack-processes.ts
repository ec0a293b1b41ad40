import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { elasticsearchProcesses } from './elasticsearch.ts'
import { serverDir } from './folders.ts'
import { hdfsProcesses } from './hdfs.ts'
import { httpfsProcesses } from './httpfs.ts'
import { kafkaProcesses } from './kafka.ts'
import { inspect, type ServerProcess } from './server-process.ts'

export const serverNames = ['kafka', 'hdfs', 'httpfs', 'elasticsearch'] as const
export type ServerName = (typeof serverNames)[number]

/** One process of the stack, with the server that it belongs to. */
export interface StackProcess {
  server: ServerName
  process: ServerProcess
}

const brokersFile = join(serverDir('kafka'), 'brokers')

/** The size of the Kafka cluster that was started last, until the whole stack is stopped; else 1. */
export function rememberedBrokers(): number {
  return existsSync(brokersFile) ? Number(readFileSync(brokersFile, 'utf8')) : 1
}

/** The next cluster is of one broker again. */
export function forgetBrokers(): void {
  rmSync(brokersFile, { force: true })
}

/** Settles the size of the cluster and remembers it. Throws for another size than 1 or 3, or than the one that runs. */
export function chooseBrokers(wanted: number | undefined): number {
  const remembered = rememberedBrokers()
  const brokers = wanted ?? remembered
  if (brokers !== 1 && brokers !== 3) throw new RangeError(`Kafka runs with 1 or 3 brokers, not ${brokers}.`)
  const running = [1, 2, 3].some(node => inspect(`kafka-${node}`).running.length > 0)
  if (brokers !== remembered && running) {
    throw new Error(`Kafka runs with --brokers ${remembered}: stop it before you start it with ${brokers}.`)
  }
  mkdirSync(serverDir('kafka'), { recursive: true })
  writeFileSync(brokersFile, String(brokers))
  return brokers
}

/** All processes of the stack. `progress` gets a line at each step. */
export function stackProcesses(brokers: number, progress: (line: string) => void = () => undefined): StackProcess[] {
  const processes: Record<ServerName, ServerProcess[]> = {
    kafka: kafkaProcesses(brokers, progress),
    hdfs: hdfsProcesses(progress),
    httpfs: httpfsProcesses(progress),
    elasticsearch: elasticsearchProcesses(progress),
  }
  return serverNames.flatMap(server => processes[server].map(process => ({ server, process })))
}

/** Those that `names` mean: servers, or single processes (`kafka-2`, `datanode`). Each once. Throws where a name is neither. */
export function selectProcesses(all: StackProcess[], names: readonly string[]): StackProcess[] {
  const known = (name: string) => all.some(({ server, process }) => server === name || process.name === name)
  const unknown = names.find(name => !known(name))
  if (unknown !== undefined) {
    const processes = all.map(({ process }) => process.name).join(', ')
    throw new Error(`There is no server ${unknown}: ${serverNames.join(', ')}, or one process: ${processes}.`)
  }
  return all.filter(({ server, process }) => names.includes(server) || names.includes(process.name))
}
