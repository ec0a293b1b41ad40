import { setTimeout as wait } from 'node:timers/promises'

/** What an addition weighs. */
export interface Weight {
  records: number
  bytes: number
}

export interface GroupCommitOptions<Added> {
  /** Makes all of them durable, or none. */
  commit(group: readonly Added[]): Promise<void>
  weigh(added: Added): Weight
  /** How long a transaction waits for company, milliseconds. @default 0 */
  lingerMs?: number
  /** @default 5000 */
  maxRecords?: number
  /** @default 8 MiB */
  maxBytes?: number
}

export interface GroupCommit<Added> {
  /** Resolves when it is durable; rejects with what `commit` rejected with. */
  add(added: Added): Promise<void>
  /** Resolves when nothing waits any more. */
  idle(): Promise<void>
}

interface Waiting<Added> extends Weight {
  added: Added
  resolve(): void
  reject(error: unknown): void
}

const defaults = { lingerMs: 0, maxRecords: 5_000, maxBytes: 8_388_608 } satisfies Partial<GroupCommitOptions<never>>

/** What is added while a transaction is being written shares the next one, in order: one flush of the disk for many. */
export function createGroupCommit<Added>(options: GroupCommitOptions<Added>): GroupCommit<Added> {
  const { commit, weigh, lingerMs, maxRecords, maxBytes } = { ...defaults, ...options }
  let queue: Waiting<Added>[] = []
  let writing: Promise<void> | undefined

  function takeGroup(): Waiting<Added>[] {
    let count = 0
    let records = 0
    let bytes = 0
    for (const waiting of queue) {
      records += waiting.records
      bytes += waiting.bytes
      if (count > 0 && (records > maxRecords || bytes > maxBytes)) break
      count += 1
    }
    const group = queue.slice(0, count)
    queue = queue.slice(count)
    return group
  }

  async function drain(): Promise<void> {
    while (queue.length > 0) {
      if (lingerMs > 0) await wait(lingerMs)
      const group = takeGroup()
      try {
        await commit(group.map(({ added }) => added))
        for (const waiting of group) waiting.resolve()
      } catch (error) {
        for (const waiting of group) waiting.reject(error)
      }
    }
    writing = undefined
  }

  return {
    add: added =>
      new Promise((resolve, reject) => {
        queue.push({ added, ...weigh(added), resolve, reject })
        writing ??= drain()
      }),
    idle: async () => writing,
  }
}
