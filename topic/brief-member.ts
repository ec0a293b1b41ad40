import { type LogRecord, TopicError, type TopicReader } from './topic.ts'

/**
 * Becomes a member of the reader's group for as long as `work` takes, and closes the reader. `work` is called when the partitions are ours;
 * nothing is delivered. Rejects with what it rejects with, or with the {@link TopicError} of the reader.
 */
export async function asMember<T>(reader: TopicReader, work: () => Promise<T>): Promise<T> {
  try {
    return await new Promise<T>((resolve, reject) => {
      const hooks = {
        assigned: async () => work().then(resolve, reject),
        revoked() {},
        records() {},
        failed: reject,
      }
      reader.start(hooks).catch(reject)
    })
  } finally {
    await reader.close()
  }
}

export interface RecordAtOptions {
  partition: number
  /** Within the bounds of the log: beyond them, one waits in vain. */
  offset: number
  /** @default 30_000 */
  patienceMs?: number
}

/**
 * Reads one record as a member of the reader's group, without a commit, and closes the reader. Undefined where nothing lies at that offset
 * but something does behind it. Rejects with a {@link TopicError} when nothing comes for `patienceMs`.
 */
export async function recordAt(reader: TopicReader, options: RecordAtOptions): Promise<LogRecord | undefined> {
  const { partition, offset, patienceMs = 30_000 } = options
  let timer: NodeJS.Timeout | undefined
  try {
    const records = await new Promise<readonly LogRecord[]>((resolve, reject) => {
      const message = `${reader.topic}/${partition} gave nothing at offset ${offset} for ${patienceMs} ms`
      timer = setTimeout(() => reject(new TopicError('unavailable', message)), patienceMs)
      const hooks = {
        async assigned(partitions: readonly number[]) {
          for (const one of partitions) {
            if (one !== partition) reader.pause(one)
            reader.seek(one, one === partition ? offset : 0)
          }
        },
        revoked() {},
        records: (_: number, delivered: readonly LogRecord[]) => resolve(delivered),
        failed: reject,
      }
      reader.start(hooks).catch(reject)
    })
    return records.find(record => record.offset === offset)
  } finally {
    clearTimeout(timer)
    await reader.close()
  }
}
