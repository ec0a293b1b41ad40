import { corpus, type Sample } from '../bodies.ts'
import { type Brokers, startBrokers } from '../broker.ts'
import { startClicktrail } from '../clicktrail.ts'
import { atLeast, atMost, type Figure } from '../figures.ts'
import { type LoadReport, load, mustAcknowledge } from '../load.ts'
import { type PerfToolResult, runPerfTool } from '../perf-tool.ts'
import { makeTopic, valuesOn } from '../topics.ts'
import type { MeasureRow, RowOptions } from './row.ts'

const events = 100_000
const perSecond = 10_000
const recordBytes = 1_000
const modes = ['0', '1', 'all'] as const

/** The brief's table on three brokers, RF 2: 100,000 records of 1,000 B at 10,000/s through HTTP, beside Kafka's own tool. */
export const measureAcks: MeasureRow = async options => {
  const brokers = await startBrokers(3, options.log)
  const topic = 'acks'
  try {
    await makeTopic(brokers.addresses, topic, 2)
    const samples = await samplesOfRecordBytes(brokers, topic, options)
    const figures: Figure[] = []
    for (const acks of modes) {
      const ours = await throughHttp(brokers, topic, acks, samples, options)
      const tool = await runPerfTool(brokers, { topic, records: events, recordBytes, perSecond, acks })
      options.log(`acks=${acks}: ours ${said(ours)}; Kafka's tool ${said(tool)}`)
      figures.push(...figuresOf(acks, ours, tool))
    }
    return figures
  } finally {
    await brokers.close()
  }
}

/** Bodies whose records have 1,000 B on average: what the text of a record weighs is measured first. */
async function samplesOfRecordBytes(
  brokers: Brokers,
  topic: string,
  { generator, log }: RowOptions,
): Promise<Sample[]> {
  const server = await startClicktrail({ brokers: brokers.addresses, topic })
  try {
    const marker = '"text_0":"",'.length
    await load(generator, server, { samples: corpus({ events: 10 }), rate: 1_000, seconds: 2, warmup: 0 })
    const values = await valuesOn(brokers.addresses, topic, 500)
    const mean = values.reduce((sum, value) => sum + Buffer.byteLength(value), 0) / values.length
    log(`acks: a record without padding has ${Math.round(mean)} B`)
    return corpus({ events: 10, padding: Math.max(1, Math.round(recordBytes - mean - marker)) })
  } finally {
    await server.stop()
  }
}

async function throughHttp(
  brokers: Brokers,
  topic: string,
  acks: (typeof modes)[number],
  samples: readonly Sample[],
  { generator }: RowOptions,
): Promise<PerfToolResult> {
  const env = { CLICKTRAIL_ACKS: acks }
  const server = await startClicktrail({ brokers: brokers.addresses, topic, env })
  try {
    const schedule = { samples, rate: perSecond, seconds: events / perSecond, warmup: 3, connections: 256 }
    return resultOf(mustAcknowledge(server, await load(generator, server, schedule)))
  } finally {
    await server.stop()
  }
}

/** The rate counts to the last acknowledgement, as the tool's does. */
function resultOf({ answers, seconds }: LoadReport): PerfToolResult {
  const acknowledged = answers['204']
  if (acknowledged === undefined) throw new Error('nothing was acknowledged')
  const { averageMs, p99Ms, maxMs } = acknowledged
  return { perSecond: acknowledged.events / seconds, averageMs, p99Ms, maxMs }
}

function figuresOf(acks: string, ours: PerfToolResult, tool: PerfToolResult): Figure[] {
  const of = `acks=${acks}:`
  const average: Figure = { what: `${of} average`, value: ours.averageMs, unit: 'ms' }
  if (acks === '1') average.bounds = atMost(tool.averageMs + 15)
  return [
    { what: `${of} rate of what was asked`, value: (100 * ours.perSecond) / perSecond, unit: '%', bounds: atLeast(99) },
    average,
    { what: `${of} p99`, value: ours.p99Ms, unit: 'ms' },
    { what: `${of} max`, value: ours.maxMs, unit: 'ms' },
    { what: `${of} Kafka's tool: rate`, value: (100 * tool.perSecond) / perSecond, unit: '%' },
    { what: `${of} Kafka's tool: average`, value: tool.averageMs, unit: 'ms' },
    { what: `${of} Kafka's tool: p99`, value: tool.p99Ms, unit: 'ms' },
    { what: `${of} Kafka's tool: max`, value: tool.maxMs, unit: 'ms' },
  ]
}

const said = ({ perSecond: rate, averageMs, p99Ms, maxMs }: PerfToolResult) =>
  `${Math.round(rate)}/s, ${averageMs.toFixed(1)} / ${p99Ms.toFixed(1)} / ${maxMs.toFixed(1)} ms`
