import { pino } from 'pino'
import { type Collector, type CollectorOptions, createCollector } from '../../collector/collector.ts'
import { type ListenOptions, listen } from '../../collector/http/listen.ts'
import { decodeRecord, type EventRecord } from '../../topic/record.ts'
import { createFakeTopicWriter, type FakeTopicWriter, type FakeTopicWriterOptions } from './fake-topic-writer.ts'

export interface ListeningCollector {
  /** `http://127.0.0.1:<port>` */
  url: string
  port: number
  collector: Collector
  writer: FakeTopicWriter
  /** What the topic has acknowledged since the last call of this function, decoded. Throws for a value that is no record. */
  takeRecords(): EventRecord[]
  /** Closes collector and server. */
  close(): Promise<void>
}

export interface ListeningCollectorOptions {
  fake?: FakeTopicWriterOptions
  collector?: Partial<CollectorOptions>
  listen?: Partial<ListenOptions>
}

/** A collector before a topic in memory, served on a free port of 127.0.0.1 by the very code that serves it in production. */
export async function startListeningCollector(options: ListeningCollectorOptions = {}): Promise<ListeningCollector> {
  const logger = pino({ level: 'silent' })
  const writer = createFakeTopicWriter(options.fake)
  const collector = createCollector({ writer, script: Buffer.from('script'), logger, ...options.collector })
  await collector.start()
  const server = await listen({
    app: collector.app,
    direct: collector.events,
    host: '127.0.0.1',
    port: 0,
    logger,
    ...options.listen,
  })
  let taken = 0
  return {
    url: server.url,
    port: server.port,
    collector,
    writer,
    takeRecords() {
      const values = writer.values.slice(taken)
      taken += values.length
      return values.map(recordOf)
    },
    async close() {
      await Promise.all([collector.close(), server.close()])
    },
  }
}

/** The record that a value holds. Throws an Error where it holds none. */
export function recordOf(value: Uint8Array): EventRecord {
  const decoded = decodeRecord(value)
  if (!decoded.ok) throw new Error(`a value on the topic is no record: ${decoded.message}`)
  return decoded.record
}
