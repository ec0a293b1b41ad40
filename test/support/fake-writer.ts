import type { TopicRecord, TopicWriter } from '../../topic/topic.ts'

export interface FakeWriter extends TopicWriter {
  readonly appended: { partition: number; record: TopicRecord }[]
  /** While set, appends reject with it. */
  error: Error | undefined
  /** Appends that were tried. */
  tries: number
}

/** A topic in memory behind the writer's port. `journal` gets `dead 0:3` lines: the original's partition and offset. */
export function createFakeWriter(topic = 'clicktrail-dlq', journal: string[] = []): FakeWriter {
  const writer: FakeWriter = {
    topic,
    appended: [],
    error: undefined,
    tries: 0,
    ready: async () => {},
    partitions: () => 2,
    maxRecordBytes: () => 1_000_000,
    async append(partition, records) {
      writer.tries++
      if (writer.error) throw writer.error
      for (const record of records) {
        writer.appended.push({ partition, record })
        const from = record.headers ?? {}
        journal.push(`dead ${from['__connect.errors.partition']}:${from['__connect.errors.offset']}`)
      }
    },
    close: async () => {},
  }
  return writer
}
