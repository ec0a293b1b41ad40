import { kafkaClient } from '../../topic/kafka/connect.ts'
import { createKafkaWriter } from '../../topic/kafka/writer.ts'
import { encodeRecord } from '../../topic/record.ts'
import type { TopicRecord } from '../../topic/topic.ts'

const eventsOfTab = 50
const openedMs = Date.now() - 3_600_000

function tabOf(partition: number, offset: number): string {
  const nth = partition * 1_000_000_000 + Math.floor(offset / eventsOfTab)
  return openedMs.toString(36).padStart(9, '0') + nth.toString(36).padStart(11, '0')
}

/** Id of the event at an offset that holds neither a copy nor rubbish. */
export function eventIdAt(partition: number, offset: number): string {
  return `${tabOf(partition, offset)}-${(offset % eventsOfTab) + 1}`
}

function recordAt(partition: number, offset: number): TopicRecord {
  if (offset % 10_000 === 5_000) return { value: Buffer.from(`no record ${offset}`) }
  const event = offset % 100 === 42 ? offset - 40 : offset
  const sequence = (event % eventsOfTab) + 1
  const tab = tabOf(partition, event)
  const time = new Date(openedMs + event).toISOString()
  const record = {
    '@timestamp': time,
    event: { id: `${tab}-${sequence}`, action: 'color_click', sequence, created: time },
    site: 'example',
    tab: { id: tab },
    url: { full: `https://example.com/page/${event % 1_000}`, domain: 'example.com', path: `/page/${event % 1_000}` },
    user_agent: { name: 'Chrome', version: '147.0', os: { name: 'Linux' }, bot: false },
    properties: { color: event % 2 === 0 ? 'red' : 'blue', x: event % 1_280 },
  }
  return { value: encodeRecord(record) }
}

/** Fills each partition of a topic that is there up to `each` records, all of them side by side. */
export async function fill(options: {
  brokers: string
  topic: string
  partitions: number
  each: number
}): Promise<void> {
  const { brokers, topic, partitions, each } = options
  const writer = createKafkaWriter(kafkaClient({ brokers: brokers.split(',') }), { topic, acks: -1 })
  await writer.ready()
  const fillOne = async (partition: number) => {
    for (let from = 0; from < each; from += 500)
      await writer.append(
        partition,
        Array.from({ length: Math.min(500, each - from) }, (_, n) => recordAt(partition, from + n)),
      )
  }
  await Promise.all(Array.from({ length: partitions }, (_, partition) => fillOne(partition)))
  await writer.close()
}
