import { readRecord } from '../../topic/record.ts'
import type { Bounds } from '../../topic/topic.ts'
import { folderOf } from '../hdfs/path.ts'
import type { FileKey, FoundFile } from '../hdfs/recovery.ts'
import { type FoundGap, ofKey } from '../hdfs/table.ts'
import { createWindow, loadHash } from '../hdfs/window.ts'
import type { Round, StoreReport } from './audited.ts'
import { overlapOf, type Span } from './blocks.ts'
import type { Hole } from './coverage.ts'
import { coverFiles, type FilesOfKey } from './files.ts'

/** As far back as the writer looks for copies, offsets. */
const windowOffsets = 50_000

export interface FilesAudit extends FileKey {
  /** Of the topic; undefined for a generation whose log is gone. */
  bounds: Bounds | undefined
  /** Where the writer goes on, as it has committed. */
  committed: number | undefined
  wanted: Span
}

/**
 * Looks for each offset up to the writer's commit in the files of one partition and generation. What no row and no `kafka.skipped`
 * accounts for is looked up on the topic: a copy within the writer's window, a dead letter and a gap need not be there. All else is
 * a finding. Undefined where nothing has been landed or committed.
 */
export async function auditFiles(round: Round, audit: FilesAudit): Promise<StoreReport | undefined> {
  const { landed, log } = round
  const files = landed ? ofKey(landed.table.files, audit) : []
  const begin = beginOf(files[0], audit)
  if (!landed || begin === undefined) return undefined
  const { wanted, committed, bounds, partition, generation } = audit
  const of: FilesOfKey = { ...audit, topic: log.topic, store: landed.store, files }
  let read = 0
  const coverage = await coverFiles(of, wanted, {
    from: files[0] && files[0].start <= begin ? undefined : begin,
    ...(committed !== undefined && { committed: Math.min(committed, wanted.to) }),
    onFile: file => round.progress(`hdfs: partition ${partition}, file ${++read} of ${files.length}, ${file.path}`),
  })
  const span = { from: begin, to: Math.max(begin, Math.min(wanted.to, Math.max(coverage.next ?? 0, committed ?? 0))) }
  const holes = coverage.holes.flatMap(hole => clipped(hole, span))
  const gone = holes.reduce((sum, hole) => sum + sizeOf(hole), 0)
  const doubled = coverage.doubled.filter(offset => offset >= span.from && offset < span.to).sort((a, b) => a - b)
  for (const offset of new Set(doubled)) {
    const onTopic = bounds !== undefined && offset >= bounds.low && offset < bounds.high
    const found = { store: 'hdfs', kind: 'doubled', partition, generation } as const
    round.findings.add({ ...found, offset, eventId: undefined, onTopic })
  }
  const { missing, dropped } = await judge(round, {
    ...audit,
    suspects: holes.filter(hole => hole.accounted < sizeOf(hole)),
    gaps: ofKey(landed.table.gaps, audit),
  })
  const stored = span.to - span.from - gone
  return { ...span, stored, explained: gone - missing - dropped, dropped, missing, doubled: doubled.length }
}

/** What the topic still holds has to be there, and what lies behind the oldest file; undefined where the writer has done nothing. */
function beginOf(oldest: FoundFile | undefined, { bounds, committed, wanted }: FilesAudit): number | undefined {
  if (!oldest && committed === undefined) return undefined
  const begin = Math.min(bounds?.low ?? Number.POSITIVE_INFINITY, oldest?.start ?? Number.POSITIVE_INFINITY)
  return Number.isFinite(begin) ? Math.max(wanted.from, begin) : undefined
}

function sizeOf(hole: Hole): number {
  return hole.to - hole.from + 1
}

/** The part of a hole within a span. What is accounted for may be any of it. */
function clipped(hole: Hole, span: Span): Hole[] {
  const inside = overlapOf({ from: hole.from, to: hole.to + 1 }, span)
  if (!inside) return []
  const to = inside.to - 1
  return [{ ...hole, from: inside.from, to, accounted: Math.min(hole.accounted, to - inside.from + 1) }]
}

interface Suspicion extends FilesAudit {
  suspects: readonly Hole[]
  gaps: readonly FoundGap[]
}

async function judge(round: Round, suspicion: Suspicion): Promise<{ missing: number; dropped: number }> {
  const { suspects, bounds, partition, generation, gaps } = suspicion
  const found = { missing: 0, dropped: 0 }
  const miss = (offset: number, eventId: string | undefined, onTopic: boolean) => {
    found.missing++
    round.findings.add({ kind: 'missing', store: 'hdfs', partition, generation, offset, eventId, onTopic })
  }
  const low = bounds?.low ?? Number.POSITIVE_INFINITY
  const high = bounds?.high ?? Number.POSITIVE_INFINITY
  const isGap = (offset: number) => gaps.some(gap => gap.from <= offset && offset <= gap.to)
  for (const hole of suspects) {
    if (hole.first || hole.from >= low) continue
    const ids = await namesFrom(round, suspicion, { from: hole.from, to: Math.min(hole.to + 1, low) })
    const left = sizeOf(hole) - hole.accounted
    const candidates: number[] = []
    for (let offset = hole.from; offset <= hole.to && offset < low; offset++)
      if (!isGap(offset)) candidates.push(offset)
    // Where some of them are accounted for, those that are searchable are the ones that have to be here.
    const sure = hole.accounted > 0 && ids.size > 0 ? candidates.filter(offset => ids.has(offset)) : candidates
    for (const offset of sure.slice(0, left)) miss(offset, ids.get(offset), false)
  }
  for (const stretch of stretchesOf(suspects, low, high)) {
    const isSuspect = memberOf(suspects)
    for await (const one of decided(round, suspicion, stretch)) {
      if (!isSuspect(one.offset) || isGap(one.offset)) continue
      if (one.verdict === 'dropped') found.dropped++
      if (one.verdict === 'missing') miss(one.offset, one.eventId, true)
    }
  }
  return found
}

/** What is to be read of the topic: holes that lie less than a window apart in one go. */
function stretchesOf(suspects: readonly Hole[], low: number, high: number): Span[] {
  const stretches: Span[] = []
  for (const hole of suspects) {
    const span = overlapOf({ from: hole.from, to: hole.to + 1 }, { from: low, to: high })
    if (!span) continue
    const last = stretches.at(-1)
    if (last && span.from - last.to <= windowOffsets) last.to = span.to
    else stretches.push(span)
  }
  return stretches
}

/** Whether an offset lies in one of the holes; asked in rising order. */
function memberOf(holes: readonly Hole[]): (offset: number) => boolean {
  let at = 0
  return offset => {
    while ((holes[at]?.to ?? Number.POSITIVE_INFINITY) < offset) at++
    const hole = holes[at]
    return hole !== undefined && hole.from <= offset
  }
}

interface Decided {
  offset: number
  eventId: string | undefined
  verdict: 'copy' | 'refused' | 'dropped' | 'missing'
}

/** Each record of a stretch as the writer would have taken it, had it not landed. */
async function* decided(round: Round, { bounds, ...audit }: Suspicion, stretch: Span): AsyncGenerator<Decided> {
  const { partition } = audit
  const window = createWindow(windowOffsets, await loadHash())
  const from = Math.max(bounds?.low ?? 0, stretch.from - windowOffsets)
  const isDropped = droppedDays(round, audit)
  for await (const records of round.log.read(partition, { from, to: stretch.to })) {
    for (const { offset, timestampMs, value } of records) {
      const read = readRecord(value)
      const copy = read.ok && window.isCopy(offset, read.eventId)
      if (offset < stretch.from) continue
      const eventId = read.ok ? read.eventId : undefined
      if (copy) yield { offset, eventId, verdict: 'copy' }
      else if (isDropped(timestampMs)) yield { offset, eventId, verdict: 'dropped' }
      else if (read.ok) yield { offset, eventId, verdict: 'missing' }
      else {
        const refused = await round.refused()
        const kept = refused.has('hdfs', { partition, offset, timestampMs }) || refused.mayBeGone(timestampMs)
        yield { offset, eventId, verdict: kept ? 'refused' : 'missing' }
      }
    }
  }
}

/** A day before the partition's oldest file, whose folder is gone: it was dropped for its age. */
function droppedDays({ landed }: Round, key: FileKey): (timestampMs: number) => boolean {
  const files = landed ? ofKey(landed.table.files, key) : []
  const oldestMs = Math.min(...files.map(file => file.hourMs))
  const days = new Set(landed?.table.days)
  return timestampMs => {
    const [day = ''] = folderOf(timestampMs).split('/')
    return files.length > 0 && timestampMs < oldestMs && !days.has(day)
  }
}

/** Event ids of what is no longer on the topic, by Elasticsearch: where there has been one generation, an offset is one event. */
async function namesFrom(round: Round, audit: FilesAudit, span: Span): Promise<Map<number, string>> {
  if (!round.documents || audit.generation > 1 || span.from >= span.to) return new Map()
  const names = new Map<number, string>()
  for (const { offset, id } of await round.documents.list(audit.partition, span)) names.set(offset, id)
  return names
}
