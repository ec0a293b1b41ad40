import type { Logger } from 'pino'
import { type Bounds, type LogRecord, type ReaderHooks, TopicError, type TopicReader } from '../topic.ts'
import type { Store } from './store.ts'

/** One delivery at most; a single larger record is still delivered, alone. */
const deliveryBytes = 1_048_576
const deliveryRecords = 1_000

export interface EmbeddedReaderOptions {
  topic: string
  group: string
  /** Only looks: the group is not registered, so that retention does not wait for it, and nothing can be committed. */
  looks: boolean
  store: Store
  /** Calls back after every append; returns the way to stop it. */
  onAppend(callback: () => void): () => void
  logger: Logger | undefined
  /** Told once, when the reader has left. */
  onClose(): void
}

interface Cursor {
  position: number
  paused: boolean
}

/** First offset from `low` on whose timestamp is at or after `timeMs`; timestamps never go down within a partition. */
export function searchTime({ low, high }: Bounds, timeMs: number, timestampAt: (offset: number) => number): number {
  let from = low
  let to = high
  while (from < to) {
    const middle = Math.floor((from + to) / 2)
    if (timestampAt(middle) < timeMs) from = middle + 1
    else to = middle
  }
  return from
}

/**
 * The group's only member: gets every partition at once, delivers as soon as something is appended, a megabyte or a
 * thousand records at a time, partitions in turn. One that only looks is not a member.
 */
export function createEmbeddedReader(options: EmbeddedReaderOptions): TopicReader {
  const { topic, group, looks, store, logger } = options
  const cursors = new Map<number, Cursor>()
  let hooks: ReaderHooks | undefined
  let state: 'new' | 'assigning' | 'delivering' | 'closed' = 'new'
  let wake = false
  let stopListening = () => {}

  const cursorOf = (partition: number): Cursor => {
    const cursor = state === 'assigning' || state === 'delivering' ? cursors.get(partition) : undefined
    if (!cursor) throw new TopicError('fenced', `${topic}/${partition} is not assigned to this reader of ${group}`)
    return cursor
  }

  const take = (partition: number, cursor: Cursor): LogRecord[] => {
    const { low, next } = store.state(partition)
    const records: LogRecord[] = []
    let bytes = 0
    let offset = Math.max(low, cursor.position)
    while (offset < next && records.length < deliveryRecords) {
      const record = store.read(partition, offset)
      bytes += record.value?.byteLength ?? 0
      if (records.length > 0 && bytes > deliveryBytes) break
      records.push(record)
      offset += 1
    }
    if (records.length > 0) cursor.position = offset
    return records
  }

  const die = (error: unknown) => {
    if (state === 'closed') return
    leave()
    hooks?.failed(error instanceof Error ? error : new Error(String(error)))
  }

  const deliver = () => {
    wake = false
    let delivered = false
    try {
      for (const [partition, cursor] of cursors) {
        if (state !== 'delivering') return
        if (cursor.paused) continue
        const records = take(partition, cursor)
        if (records.length === 0) continue
        delivered = true
        hooks?.records(partition, records)
      }
    } catch (error) {
      die(error)
    }
    if (delivered) schedule()
  }

  const schedule = () => {
    if (wake || state !== 'delivering') return
    wake = true
    setImmediate(deliver)
  }

  const leave = () => {
    state = 'closed'
    stopListening()
    cursors.clear()
    options.onClose()
  }

  return {
    topic,
    group,
    async start(given) {
      if (state !== 'new') throw new TopicError('closed', `this reader of ${group} was started before`)
      state = 'assigning'
      hooks = given
      for (let partition = 0; partition < store.partitions(); partition++) {
        const position = store.committed(group, partition)?.next ?? store.state(partition).low
        cursors.set(partition, { position, paused: false })
      }
      stopListening = options.onAppend(schedule)
      try {
        if (!looks) await store.addGroup(group)
      } catch (error) {
        leave()
        throw error
      }
      if (!looks) logger?.info({ topic, group, partitions: cursors.size }, 'joined the group')
      given.assigned([...cursors.keys()]).then(() => {
        if (state !== 'assigning') return
        state = 'delivering'
        schedule()
      }, die)
    },
    seek(partition, offset) {
      cursorOf(partition).position = offset
      schedule()
    },
    pause(partition) {
      cursorOf(partition).paused = true
    },
    resume(partition) {
      cursorOf(partition).paused = false
      schedule()
    },
    committed: async partition => store.committed(group, partition),
    async commit(partition, next, metadata) {
      cursorOf(partition)
      if (looks)
        throw new TopicError('closed', `this reader only looks at ${topic}: it has nothing to commit to ${group}`)
      await store.commit(group, partition, { next, metadata })
    },
    async bounds(partition) {
      const { low, next } = store.state(partition)
      return { low, high: next }
    },
    async offsetAt(partition, timeMs) {
      const { low, next } = store.state(partition)
      return searchTime({ low, high: next }, timeMs, offset => store.timestampAt(partition, offset))
    },
    async close() {
      if (state !== 'closed') leave()
    },
  }
}
