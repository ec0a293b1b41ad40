import { stablePorts } from './broker-cluster.ts'
import { type Clicktrail, runClicktrail, spawnClicktrail, untilSaid } from './clicktrail.ts'
import { until } from './until.ts'

/** The built `clicktrail collector`, as an operator runs it, with the means to run it again on the same ports and data. */
export interface CollectorProcess {
  readonly url: string
  /** The process that runs now, or ran last. */
  running(): Clicktrail
  /** Whether it runs, has the pid it was started with, and has said nothing of an uncaught error. */
  isWell(): boolean
  /** Status and reason of `/readyz`; 0 where nobody answers. */
  readiness(): Promise<{ status: number; text: string }>
  /** `/metrics`, or an empty string. */
  metrics(): Promise<string>
  /** Resolves when the port is open, ready or not. */
  start(): Promise<void>
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

export interface CollectorProcessOptions {
  brokers: string
  topic: string
  dataDir: string
  /** @default 'all' */
  acks?: '0' | '1' | 'all'
  env?: Readonly<Record<string, string>>
  /** File descriptors that it may have. @default as many as ours */
  maxFiles?: number
}

/** Runs `clicktrail topics apply`; throws with its output when that fails. */
export async function makeTopic(brokers: string, topic: string, ...flags: readonly string[]): Promise<void> {
  const { code, output } = await runClicktrail({
    args: ['topics', 'apply', ...flags],
    env: { KAFKA_BROKERS: brokers, CLICKTRAIL_TOPIC: topic },
  })
  if (code !== 0) throw new Error(`clicktrail topics apply ended with ${code}:\n${output}`)
}

/** Starts it. Resolves when it is ready, or only listens where `ready` is false. */
export async function startCollector(
  options: CollectorProcessOptions & { ready?: boolean },
): Promise<CollectorProcess> {
  const { brokers, topic, dataDir, acks = 'all', env, maxFiles, ready = true } = options
  const [port = 0, adminPort = 0] = await stablePorts(2)
  let running: Clicktrail
  let pid: number | undefined

  const ask = async (path: string) => {
    try {
      const response = await fetch(`http://127.0.0.1:${adminPort}${path}`, { signal: AbortSignal.timeout(5_000) })
      return { status: response.status, text: await response.text() }
    } catch {
      return { status: 0, text: '' }
    }
  }

  async function start(): Promise<void> {
    running = spawnClicktrail({
      args: ['collector', '--port', String(port), '--admin-port', String(adminPort), '--acks', acks],
      env: { KAFKA_BROKERS: brokers, CLICKTRAIL_TOPIC: topic, CLICKTRAIL_DATA_DIR: dataDir, ...env },
      ...(maxFiles === undefined ? {} : { maxFiles }),
    })
    pid = running.child.pid
    await untilSaid(running, 'collecting')
  }

  await start()
  const collector: CollectorProcess = {
    url: `http://127.0.0.1:${port}`,
    running: () => running,
    isWell: () =>
      running.child.exitCode === null &&
      running.child.signalCode === null &&
      running.child.pid === pid &&
      !/uncaught|unhandled/i.test(running.output()),
    readiness: () => ask('/readyz'),
    metrics: async () => (await ask('/metrics')).text,
    start,
    stop: signal => running.stop(signal),
  }
  if (ready) await untilReady(collector)
  return collector
}

export async function untilReady(collector: CollectorProcess, timeoutMs = 30_000): Promise<void> {
  await until(async () => (await collector.readiness()).status === 200, {
    what: 'a collector that is ready',
    timeoutMs,
  })
}
