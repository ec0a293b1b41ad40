import { readFileSync } from 'node:fs'
import { pino } from 'pino'
import { createCollector } from '../../collector/collector.ts'
import { listen } from '../../collector/http/listen.ts'
import { recordOf } from '../support/listening-collector.ts'

/** What the parent asks for, and is told. */
export interface Report {
  /** Records that were appended. */
  appended: number
  /** Actions `probe-…` that were appended since the last report. */
  probes: string[]
  /** Warnings of Node, errors logged by the collector, records that can't be decoded. */
  faults: string[]
  heapBytes: number
  /** Memory of its own, without mapped files; 0 where the system doesn't tell. */
  rssAnonBytes: number
}

let appended = 0
let probes: string[] = []
const faults: string[] = []
const note = (fault: string) => void (faults.length < 20 && faults.push(fault))
process.on('warning', warning => note(String(warning)))
process.on('unhandledRejection', error => note(`unhandled rejection: ${String(error)}`))

const logger = pino({ level: 'error' }, { write: line => note(line) })
const writer = {
  topic: 'fuzz',
  ready: () => Promise.resolve(),
  partitions: () => 3,
  maxRecordBytes: () => 1_000_000,
  async append(_: number, records: readonly { value: Uint8Array }[]) {
    for (const { value } of records) {
      appended++
      try {
        const { action } = recordOf(value).event
        if (action.startsWith('probe-')) probes.push(action)
      } catch (error) {
        note(String(error))
      }
    }
  },
  close: () => Promise.resolve(),
}
const collector = createCollector({
  writer,
  script: Buffer.from('script'),
  logger,
  bodyTimeoutMs: 2_000,
  ip: 'cut',
  trustedProxies: 1,
})
await collector.start()
const { port } = await listen({
  app: collector.app,
  direct: collector.events,
  host: '127.0.0.1',
  port: 0,
  logger,
  headersTimeoutMs: 2_000,
  requestTimeoutMs: 4_000,
})

process.on('message', () => {
  globalThis.gc?.()
  const report: Report = {
    appended,
    probes,
    faults,
    heapBytes: process.memoryUsage().heapUsed,
    rssAnonBytes: rssAnon(),
  }
  probes = []
  process.send?.(report)
})
process.on('disconnect', () => process.exit(0))
process.send?.({ port })

function rssAnon(): number {
  try {
    return 1_024 * Number(/^RssAnon:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}
