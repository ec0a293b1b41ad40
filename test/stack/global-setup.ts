import { currentAddresses, startServers, stopServers } from './servers.ts'
import type { ServerName } from './stack-processes.ts'

/** The servers behind each variable. */
const needs = {
  KAFKA_BROKERS: ['kafka'],
  HDFS_URL: ['hdfs'],
  HTTPFS_URL: ['hdfs', 'httpfs'],
  ELASTICSEARCH_URL: ['elasticsearch'],
} as const satisfies Record<string, readonly ServerName[]>

let started: string[] = []

/**
 * For vitest's integration and e2e projects: afterwards every address is in the environment that the tests inherit.
 * Servers whose address is set already are left alone; of the others, those that aren't running are started.
 */
export async function setup(): Promise<void> {
  const missing = Object.entries(needs).filter(([name]) => !process.env[name])
  if (missing.length === 0) return
  const servers = new Set(missing.flatMap(([, names]) => names))
  started = await startServers([...servers], { progress: line => console.error(`[stack] ${line}`) })
  for (const [name, value] of Object.entries(currentAddresses())) process.env[name] ??= value
}

/** Stops what `setup` has started, and nothing else. */
export async function teardown(): Promise<void> {
  if (started.length > 0) await stopServers(started)
}
