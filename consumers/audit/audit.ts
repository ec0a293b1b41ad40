import type { Committed } from '../../topic/topic.ts'
import type { LandingStore } from '../hdfs/store.ts'
import { keysOf, readTable } from '../hdfs/table.ts'
import { auditDocuments } from './audit-documents.ts'
import { auditFiles } from './audit-files.ts'
import type { Round, StoreReport } from './audited.ts'
import type { Span } from './blocks.ts'
import type { Documents } from './documents.ts'
import { type AuditedStore, auditedStores, createFindings, type Finding, type FoundTotals } from './finding.ts'
import { type RefusedRecords, readRefused } from './letters.ts'
import type { AuditLog } from './log.ts'

export interface AuditOptions {
  log: AuditLog
  /** The landed files; undefined: they are not looked at. */
  store?: LandingStore | undefined
  /** Elasticsearch; undefined: it is not looked at. */
  documents?: Documents | undefined
  /** Of the log that the writers read; a later one that has files counts. @default 1 */
  generation?: number
  /** @default all */
  partition?: number | undefined
  /** Offsets from … @default all */
  from?: number | undefined
  /** … to before. @default all */
  to?: number | undefined
  /** Offsets that the topic took since, milliseconds since 1970. @default all */
  sinceMs?: number | undefined
  /** Told now and then what is being read. */
  onProgress?: (text: string) => void
}

/** One partition of one generation; a store is absent where its writer has done nothing. */
export interface PartitionReport extends Partial<Record<AuditedStore, StoreReport>> {
  partition: number
  generation: number
}

export interface AuditReport {
  topic: string
  /** By generation and partition. */
  partitions: PartitionReport[]
  /** At most 1,000. */
  findings: Finding[]
  /** Of all that was found, in the findings or not. */
  totals: FoundTotals
  /** Storages that were to be looked at, and of which there was nothing to look at: their writers have done nothing. */
  unaudited: AuditedStore[]
  /** Whether nothing was found. */
  clean: boolean
}

/** A partition is wanted that neither the topic nor the files have. */
export class NoSuchPartition extends Error {
  override readonly name = 'NoSuchPartition'
}

/**
 * Compares, offset by offset, what lies on the topic, in the landed files, in Elasticsearch and in the dead letters, up to what the
 * writers have committed when it begins: what they hold in memory is no finding, and they may go on meanwhile. Changes nothing. Memory
 * is bounded by what is missing, not by what is there. Rejects with what a storage rejects with: that says nothing of what it holds; and
 * with a {@link NoSuchPartition}.
 */
export async function audit(options: AuditOptions): Promise<AuditReport> {
  const { log, store, documents, onProgress = () => {}, generation = 1 } = options
  // Commits come first: what they cover was there before all that is read from here on.
  const none: ReadonlyMap<number, Committed> = new Map()
  const committedFiles = store ? await log.committed('hdfs') : none
  const committedDocuments = documents ? await log.committed('elasticsearch') : none
  const bounds = await log.bounds()
  const since = options.sinceMs === undefined ? undefined : await log.at(options.sinceMs)
  const table = store && (await readTable(store))
  const findings = createFindings(log.topic)
  let refused: Promise<RefusedRecords> | undefined
  const round: Round = {
    log,
    landed: store && table && { store, table },
    documents,
    findings,
    refused: () => (refused ??= readRefused(log)),
    progress: onProgress,
  }

  function wantedOf(partition: number): Span {
    const from = Math.max(options.from ?? 0, since?.get(partition) ?? 0)
    return { from, to: Math.max(from, options.to ?? Number.MAX_SAFE_INTEGER) }
  }

  const newest = Math.max(generation, newestGeneration(table?.files ?? []))
  const keys = keysOf([
    ...(table?.files ?? []),
    ...[...bounds.keys()].map(partition => ({
      partition,
      generation: newest,
    })),
  ]).filter(key => options.partition === undefined || key.partition === options.partition)
  if (options.partition !== undefined && keys.length === 0)
    throw new NoSuchPartition(
      `there is no partition ${options.partition}: ${log.topic} has ${bounds.size}, the first is partition 0`,
    )
  const partitions: PartitionReport[] = []
  for (const key of keys) {
    const { partition } = key
    const isOld = keys.some(other => other.partition === partition && other.generation > key.generation)
    const now = isOld ? undefined : bounds.get(partition)
    const wanted = wantedOf(partition)
    const hasFiles = table?.files.some(file => file.partition === partition && file.generation === key.generation)
    // A commit may be that of the generation before, until this one has landed a file.
    const filesTo = now && believed(committedFiles.get(partition)?.next, key.generation, hasFiles === true, now.high)
    const hdfs = await auditFiles(round, { ...key, bounds: now, committed: filesTo, wanted })
    const commit = committedDocuments.get(partition)
    const elasticsearch = now && (await auditDocuments(round, { ...key, bounds: now, committed: commit, wanted }))
    partitions.push({ ...key, ...(hdfs && { hdfs }), ...(elasticsearch && { elasticsearch }) })
    for (const [sink, to] of [
      ['hdfs', filesTo],
      ['elasticsearch', commit?.next],
    ] as const) {
      if (!now || to === undefined || to <= now.high) continue
      findings.addRange({ ...key, kind: 'lost', store: sink, from: now.high, to: to - 1, onTopic: false })
    }
  }
  const list = findings.list()
  const wanted = auditedStores.filter(name => (name === 'hdfs' ? store : documents) !== undefined)
  const unaudited = wanted.filter(name => partitions.every(one => one[name] === undefined))
  const totals = findings.totals()
  return { topic: log.topic, partitions, findings: list, totals, unaudited, clean: list.length === 0 }
}

function newestGeneration(files: readonly { generation: number }[]): number {
  return files.reduce((newest, file) => Math.max(newest, file.generation), 1)
}

function believed(
  committed: number | undefined,
  generation: number,
  hasFiles: boolean,
  high: number,
): number | undefined {
  if (generation === 1) return committed
  return hasFiles && committed !== undefined && committed <= high ? committed : undefined
}
