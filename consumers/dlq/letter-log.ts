import type { Bounds, Committed, LogRecord, TopicReader } from '../../topic/topic.ts'

/** A dead-letter topic as it is now, read from end to end by a command. */
export interface LetterLog {
  readonly topic: string
  readonly partitions: readonly number[]
  bounds(partition: number): Promise<Bounds>
  /** What replays have committed. */
  committed(partition: number): Promise<Committed | undefined>
  commit(partition: number, committed: Committed): Promise<void>
  /** Records from `from` to before `to`, in order, a few at a time. One partition at a time. Rejects when none comes for 30 s, or somebody else joins the group. */
  read(partition: number, range: { from: number; to: number }): AsyncGenerator<readonly LogRecord[]>
  close(): Promise<void>
}

export interface LetterLogOptions {
  reader: TopicReader
  /** Where the group that replays is not the reader's own. @default the reader's */
  committed?: (partition: number) => Promise<Committed | undefined>
  /** @default 30000 */
  patienceMs?: number
}

/** Held at most, about, before the log is told to wait: it then sleeps for as long as a fetch may take. */
const heldBytes = 8 * 1_048_576
/** What a record weighs beside its value, bytes. */
const recordBytes = 200

/** Joins the reader's group and waits for its partitions. Closes the reader with itself. */
export async function openLetterLog(options: LetterLogOptions): Promise<LetterLog> {
  const { reader, committed = partition => reader.committed(partition), patienceMs = 30_000 } = options
  let delivered: LogRecord[] = []
  let held = 0
  let waiting = false
  let reading: number | undefined
  let failure: Error | undefined
  let wake = () => {}

  function fail(error: Error): void {
    failure = error
    wake()
  }

  const partitions = await new Promise<readonly number[]>((resolve, reject) => {
    let ours: readonly number[] | undefined
    const hooks = {
      async assigned(given: readonly number[]) {
        for (const partition of given) {
          reader.pause(partition)
          reader.seek(partition, 0)
        }
        if (ours) fail(new Error(`the partitions of ${reader.topic} were shared out anew: run this again`))
        ours = given
        resolve(given)
      },
      revoked() {
        fail(new Error(`${reader.group} was left, or somebody joined it: run this again, it goes on where it was`))
      },
      records(partition: number, records: readonly LogRecord[]) {
        if (partition !== reading) return
        for (const record of records) held += recordBytes + (record.value?.length ?? 0)
        delivered.push(...records)
        if (held >= heldBytes) {
          reader.pause(partition)
          waiting = true
        }
        wake()
      },
      failed(error: Error) {
        fail(error)
        reject(error)
      },
    }
    reader.start(hooks).catch(reject)
  })

  function forget(): void {
    delivered = []
    held = 0
  }

  async function take(partition: number): Promise<LogRecord[]> {
    const deadlineMs = Date.now() + patienceMs
    while (delivered.length === 0) {
      if (failure) throw failure
      const leftMs = deadlineMs - Date.now()
      if (leftMs <= 0) throw new Error(`partition ${partition} of ${reader.topic} gave nothing for ${patienceMs} ms`)
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, leftMs)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    const taken = delivered
    forget()
    if (waiting) reader.resume(partition)
    waiting = false
    return taken
  }

  return {
    topic: reader.topic,
    partitions,
    bounds: partition => reader.bounds(partition),
    committed,
    commit: (partition, { next, metadata }) => reader.commit(partition, next, metadata),
    async *read(partition, { from, to }) {
      forget()
      waiting = false
      reading = partition
      if (from < to) {
        reader.seek(partition, from)
        reader.resume(partition)
      }
      try {
        for (let next = from; next < to; ) {
          const records = await take(partition)
          const inside = records.filter(({ offset }) => offset >= next && offset < to)
          next = Math.max(next, (records.at(-1)?.offset ?? 0) + 1)
          if (inside.length > 0) yield inside
        }
      } finally {
        reading = undefined
        forget()
        if (!failure) reader.pause(partition)
      }
    },
    close: () => reader.close(),
  }
}
