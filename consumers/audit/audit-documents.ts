import { readRecord } from '../../topic/record.ts'
import type { Bounds, Committed, LogRecord } from '../../topic/topic.ts'
import { ofKey } from '../hdfs/table.ts'
import { parseCommitMetadata } from '../sink.ts'
import type { Round, StoreReport } from './audited.ts'
import { overlapOf, type Span, spansOf, unevenBlocks } from './blocks.ts'
import type { Documents, Verdict } from './documents.ts'
import { landedRecords } from './files.ts'
import { createForwardReader, type ForwardReader } from './forward-reader.ts'

/** Records that are looked for at once. */
const lookedForAtOnce = 1_000
/** Absent offsets so close to each other are read in one go. */
const readThrough = 2_000
/** What the writer commits where the last record has no id of one word. */
const nameless = '(nameless)'

export interface DocumentsAudit {
  partition: number
  /** Of the log that the writers read. */
  generation: number
  bounds: Bounds
  /** Where the writer goes on. */
  committed: Committed | undefined
  wanted: Span
}

/**
 * Counts the documents of one partition up to the writer's commit, block by block; of a block that is short each offset is looked at, and
 * of each that is absent the event: elsewhere it is a copy, and a dead letter need not be there. All else is a finding. What is no
 * longer on the topic is taken from the files. Undefined where nothing is committed.
 */
export async function auditDocuments(round: Round, audit: DocumentsAudit): Promise<StoreReport | undefined> {
  const { documents } = round
  const { partition, generation, bounds, committed, wanted } = audit
  if (!documents || committed === undefined) return undefined
  const from = Math.max(wanted.from, await beginOf(round, documents, audit))
  const span = { from, to: Math.max(from, Math.min(committed.next, bounds.high, wanted.to)) }
  const report: StoreReport = { ...span, stored: 0, explained: 0, dropped: 0, missing: 0, doubled: 0 }
  const counts = await documents.counts(partition, span)
  // Documents of an earlier topic may lie at the same offsets: then a number proves nothing.
  const byId = generation > 1 || (await endsWithAnother(documents, partition, committed))
  const blocks = byId ? unevenBlocks(span, new Map()) : unevenBlocks(span, counts)
  const onTopic = createForwardReader(part => round.log.read(partition, part), blocks.at(-1)?.to ?? 0)
  let stored = span.to - span.from
  for (const block of blocks) {
    round.progress(`elasticsearch: partition ${partition}, offset ${block.from} of ${span.to}`)
    stored -= block.to - block.from - (await auditBlock(round, { ...audit, documents, onTopic, byId }, block, report))
  }
  await onTopic.close()
  report.stored = stored
  report.explained = span.to - span.from - stored - report.missing - report.dropped
  return report
}

/** What the topic holds has to be there; of what only the files hold, as much as was ever written. */
async function beginOf({ landed }: Round, documents: Documents, audit: DocumentsAudit): Promise<number> {
  const { low } = audit.bounds
  const oldest = landed && ofKey(landed.table.files, audit)[0]
  if (!oldest || oldest.start >= low || audit.wanted.from >= low) return low
  const first = await documents.first(audit.partition)
  return first === undefined ? low : Math.min(low, Math.max(first, oldest.start))
}

/** Whether the last offset that is committed has a document of another event than the commit names. */
async function endsWithAnother(documents: Documents, partition: number, commit: Committed): Promise<boolean> {
  const eventId = parseCommitMetadata(commit.metadata)?.eventId
  if (eventId === undefined || eventId === nameless) return false
  const last = await documents.list(partition, { from: commit.next - 1, to: commit.next })
  return last.some(({ id }) => id !== eventId)
}

interface Work extends DocumentsAudit {
  documents: Documents
  /** Whether offsets alone say nothing. */
  byId: boolean
  onTopic: ForwardReader
}

/** Returns how many of its offsets have their document. */
async function auditBlock(round: Round, audit: Work, block: Span, report: StoreReport): Promise<number> {
  const { partition, documents } = audit
  const listed = await documents.list(partition, block)
  const there = new Set(listed.map(({ offset }) => offset))
  // Two events at one offset are of two topics.
  const byId = audit.byId || there.size < listed.length
  const pairs = byId ? new Set(listed.map(({ offset, id }) => `${offset} ${id}`)) : undefined
  const suspects: number[] = []
  for (let offset = block.from; offset < block.to; offset++) if (pairs || !there.has(offset)) suspects.push(offset)
  const asked = new Set(suspects)
  let stored = pairs ? 0 : there.size
  for (const span of spansOf(suspects, readThrough)) {
    for await (const records of recordsOf(round, audit, span)) {
      const inBlock = records.filter(record => asked.has(record.offset))
      const absent = inBlock.filter(record => !isListed(record, pairs))
      stored += inBlock.length - absent.length
      for (let at = 0; at < absent.length; at += lookedForAtOnce)
        stored += await judgeAll(round, audit, absent.slice(at, at + lookedForAtOnce), report)
    }
  }
  return stored
}

/** Returns how many are there all the same. */
async function judgeAll(
  round: Round,
  audit: Work,
  records: readonly LogRecord[],
  report: StoreReport,
): Promise<number> {
  const verdicts = await audit.documents.look(audit.partition, records)
  let there = 0
  for (const [index, record] of records.entries()) {
    const judged = await judge(round, audit, record, verdicts[index] ?? 'missing')
    if (judged === 'there') there++
    if (judged === 'dropped') report.dropped++
    if (judged === 'untold') report.untold = (report.untold ?? 0) + 1
    if (judged !== 'missing') continue
    report.missing++
    addMissing(round, audit, record)
  }
  return there
}

function isListed(record: LogRecord, pairs: ReadonlySet<string> | undefined): boolean {
  if (!pairs) return false
  const read = readRecord(record.value)
  return read.ok && pairs.has(`${record.offset} ${read.eventId}`)
}

async function judge(
  round: Round,
  { partition, bounds }: DocumentsAudit,
  { offset, timestampMs }: LogRecord,
  verdict: Verdict,
): Promise<'there' | 'explained' | 'untold' | 'dropped' | 'missing'> {
  if (verdict === 'there' || verdict === 'dropped') return verdict
  if (verdict === 'copy') return 'explained'
  const refused = await round.refused()
  if (refused.has('elasticsearch', { partition, offset, timestampMs })) return 'explained'
  if (!refused.mayBeGone(timestampMs)) return 'missing'
  if (verdict === 'unstorable') return 'explained'
  // Of what the topic still holds a reload can tell: it brings it in, or it is refused again.
  return offset < bounds.low ? 'untold' : 'missing'
}

function addMissing({ findings }: Round, audit: DocumentsAudit, { offset, value }: LogRecord): void {
  const { partition, generation, bounds } = audit
  const read = readRecord(value)
  const eventId = read.ok ? read.eventId : undefined
  const onTopic = offset >= bounds.low
  findings.add({ kind: 'missing', store: 'elasticsearch', partition, generation, offset, eventId, onTopic })
}

/** From the topic, and what is no longer there from the files. */
async function* recordsOf(round: Round, audit: Work, span: Span): AsyncGenerator<readonly LogRecord[]> {
  const { log, landed } = round
  const { bounds } = audit
  const older = overlapOf(span, { from: 0, to: bounds.low })
  if (older && landed) {
    const files = ofKey(landed.table.files, audit)
    yield* landedRecords({ ...audit, topic: log.topic, store: landed.store, files }, older)
  }
  const newer = overlapOf(span, { from: bounds.low, to: Math.max(bounds.low, bounds.high) })
  if (newer) yield* audit.onTopic.read(newer)
}
