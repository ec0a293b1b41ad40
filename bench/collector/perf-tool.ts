import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Brokers } from './broker.ts'
import { cores, onCore } from './pinned.ts'

/** What Kafka's own producer performance tool measured. */
export interface PerfToolResult {
  perSecond: number
  averageMs: number
  p99Ms: number
  maxMs: number
}

export interface PerfToolOptions {
  topic: string
  records: number
  recordBytes: number
  perSecond: number
  acks: '0' | '1' | 'all'
}

/** Runs it on the core of the server under test. Throws with its output when it fails or says something new. */
export async function runPerfTool(brokers: Brokers, options: PerfToolOptions): Promise<PerfToolResult> {
  const { topic, records, recordBytes, perSecond, acks } = options
  const sizes = [
    '--num-records',
    String(records),
    '--record-size',
    String(recordBytes),
    '--throughput',
    String(perSecond),
  ]
  const properties = ['--bootstrap-server', brokers.addresses, '--command-property', `acks=${acks}`]
  const tool = ['-Xmx512m', '-cp', brokers.jars, 'org.apache.kafka.tools.ProducerPerformance', '--topic', topic]
  const { file, args } = onCore(cores.server, brokers.java, [...tool, ...sizes, ...properties])
  const { stdout, stderr } = await promisify(execFile)(file, args)
  const last = stdout
    .trim()
    .split('\n')
    .findLast(line => line.includes('99th'))
  const numbers =
    last === undefined
      ? null
      : /([\d.]+) records\/sec.*? ([\d.]+) ms avg latency, ([\d.]+) ms max.*? (\d+) ms 99th/.exec(last)
  if (numbers === null) throw new Error(`Kafka's perf tool printed no summary:\n${stdout}\n${stderr}`)
  const [perSecondSent = Number.NaN, averageMs = Number.NaN, maxMs = Number.NaN, p99Ms = Number.NaN] = numbers
    .slice(1)
    .map(Number)
  return { perSecond: perSecondSent, averageMs, p99Ms, maxMs }
}
