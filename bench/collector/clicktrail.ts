import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Command, type Server, startServer } from './pinned.ts'

/** The built command, as an operator starts it. `env` comes on top of its defaults. */
export function clicktrailCommand(env: Readonly<Record<string, string>>): Command {
  return {
    name: 'clicktrail',
    file: process.execPath,
    args: ['dist/clicktrail.js', 'collector'],
    env: { CLICKTRAIL_HOST: '127.0.0.1', CLICKTRAIL_LOG_LEVEL: 'warn', ...env },
    readyPath: '/readyz',
  }
}

export interface ClicktrailOptions {
  brokers: string
  topic: string
  env?: Readonly<Record<string, string>>
}

/** Starts it on its core with a data folder of its own, which goes with it. */
export async function startClicktrail({ brokers, topic, env }: ClicktrailOptions): Promise<Server> {
  const dir = mkdtempSync(join(tmpdir(), 'clicktrail-bench-data-'))
  const remove = () => rmSync(dir, { recursive: true, force: true })
  const settings = { KAFKA_BROKERS: brokers, CLICKTRAIL_TOPIC: topic, CLICKTRAIL_DATA_DIR: dir, ...env }
  try {
    const server = await startServer(clicktrailCommand(settings))
    return {
      ...server,
      async stop() {
        await server.stop()
        remove()
      },
    }
  } catch (error) {
    remove()
    throw error
  }
}
