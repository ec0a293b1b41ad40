import type { Documents, Verdict } from '../../consumers/audit/documents.ts'
import type { AuditedStore } from '../../consumers/audit/finding.ts'
import type { AuditLog } from '../../consumers/audit/log.ts'
import { deadLetter } from '../../consumers/dead-letter.ts'
import { letterOf } from '../../consumers/dlq/letter.ts'
import type { RejectReason } from '../../consumers/sink.ts'
import { readRecord } from '../../topic/record.ts'
import type { LogRecord } from '../../topic/topic.ts'

/** A topic in memory, as an audit sees it. */
export interface AuditLogInMemory extends AuditLog {
  readonly records: LogRecord[][]
  readonly commits: Map<AuditedStore, Map<number, number>>
  /** What each commit of a partition names; nothing at first. */
  readonly names: Map<number, string>
  /** What retention has left of each partition. */
  readonly lows: Map<number, number>
  /** Retention of the dead letters took those that were there; what comes stays. */
  expireLetters(): void
  bury(store: AuditedStore, partition: number, offset: number, reason: RejectReason): void
}

export function auditLogOf(records: LogRecord[][], topic = 't'): AuditLogInMemory {
  const letters: LogRecord[] = []
  const lows = new Map<number, number>()
  const names = new Map<number, string>()
  let isCut = false
  const all = new Map(records.map((log, partition) => [partition, (log.at(-1)?.offset ?? -1) + 1]))
  const commits = new Map<AuditedStore, Map<number, number>>([
    ['hdfs', new Map(all)],
    ['elasticsearch', new Map(all)],
  ])
  return {
    topic,
    records,
    commits,
    names,
    lows,
    expireLetters() {
      letters.length = 0
      isCut = true
    },
    bury(store, partition, offset, reason) {
      const record = records[partition]?.find(one => one.offset === offset) ?? { value: null, offset, timestampMs: 0 }
      const origin = { sink: store, group: `${topic}-${store}`, topic, partition }
      const letter = deadLetter({ record, reason, message: 'scripted' }, origin, 1_000_000)
      letters.push({ ...letter, offset: letters.length, timestampMs: record.timestampMs })
    },
    bounds: async () =>
      new Map(
        records.map((log, partition) => [
          partition,
          { low: lows.get(partition) ?? 0, high: (log.at(-1)?.offset ?? -1) + 1 },
        ]),
      ),
    committed: async store =>
      new Map(
        [...(commits.get(store) ?? [])].map(([partition, next]) => [
          partition,
          { next, metadata: names.get(partition) ?? '' },
        ]),
      ),
    at: async timeMs =>
      new Map(records.map((log, partition) => [partition, log.find(one => one.timestampMs >= timeMs)?.offset ?? 0])),
    async *read(partition, { from, to }) {
      const low = Math.max(from, lows.get(partition) ?? 0)
      const some = (records[partition] ?? []).filter(({ offset }) => offset >= low && offset < to)
      for (let at = 0; at < some.length; at += 7) yield some.slice(at, at + 7)
    },
    letters: async () => ({
      cut: isCut,
      letters: (async function* () {
        for (const record of letters) yield letterOf(0, record)
      })(),
    }),
    close: async () => {},
  }
}

export interface DocumentsInMemory extends Documents {
  /** By event id. */
  readonly stored: Map<string, { partition: number; offset: number }>
  /** Which methods were called. */
  readonly calls: string[]
}

/** What Elasticsearch holds once its writer has taken a whole log. */
export function documentsOf(records: readonly (readonly LogRecord[])[]): DocumentsInMemory {
  const stored = new Map<string, { partition: number; offset: number }>()
  const calls: string[] = []
  for (const [partition, log] of records.entries())
    for (const { value, offset } of log) {
      const read = readRecord(value)
      if (read.ok && !stored.has(read.eventId)) stored.set(read.eventId, { partition, offset })
    }
  const within = (partition: number, { from, to }: { from: number; to: number }) =>
    [...stored]
      .map(([id, place]) => ({ id, ...place }))
      .filter(one => one.partition === partition && one.offset >= from && one.offset < to)
      .sort((a, b) => a.offset - b.offset)
  const whole = { from: 0, to: Number.MAX_SAFE_INTEGER }
  return {
    stored,
    calls,
    async counts(partition, span) {
      const counts = new Map<number, number>()
      for (const { offset } of within(partition, span)) {
        const begin = Math.floor(offset / 10_000) * 10_000
        counts.set(begin, (counts.get(begin) ?? 0) + 1)
      }
      return counts
    },
    async list(partition, span) {
      calls.push('list')
      return within(partition, span)
    },
    first: async partition => within(partition, whole)[0]?.offset,
    look: async (partition, some) =>
      some.map((record): Verdict => {
        const read = readRecord(record.value)
        const place = read.ok ? stored.get(read.eventId) : undefined
        if (!read.ok) return 'unstorable'
        if (!place) return 'missing'
        return place.partition === partition && place.offset === record.offset ? 'there' : 'copy'
      }),
  }
}
