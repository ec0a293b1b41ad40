import type { Client } from '@elastic/elasticsearch'
import { z } from 'zod'
import { readRecord } from '../../topic/record.ts'
import type { LogRecord } from '../../topic/topic.ts'
import { createBulk } from '../elasticsearch/bulk.ts'
import { dailyIndex, maxIdBytes } from '../elasticsearch/document.ts'
import { blockOffsets, halvesOf, requestsOf, type Span } from './blocks.ts'

/** What is known of a record that has no document at its offset. `dropped`: its index went with older ones, or is closed. */
export type Verdict = 'there' | 'copy' | 'missing' | 'conflict' | 'dropped' | 'unstorable'

/** Elasticsearch, as an audit asks it. All methods reject with what the server says, and when a shard did not answer. */
export interface Documents {
  /** Documents in each block of 10,000 offsets, by the block's begin; blocks without any may be absent. */
  counts(partition: number, span: Span): Promise<ReadonlyMap<number, number>>
  /** Which events lie at which offsets of a span, by offset. */
  list(partition: number, span: Span): Promise<{ offset: number; id: string }[]>
  /** The lowest offset that has a document; undefined where none has. */
  first(partition: number): Promise<number | undefined>
  /** Looks for the event of each record, wherever it is, and whether it can be searched yet or not. */
  look(partition: number, records: readonly LogRecord[]): Promise<Verdict[]>
}

/** Others may have an index of a name like ours, without such a field. */
const byOffset = [{ 'kafka.offset': { order: 'asc', unmapped_type: 'long' } }]

const buckets = z.object({
  aggregations: z
    .object({ blocks: z.object({ buckets: z.array(z.object({ key: z.number(), doc_count: z.number() })) }) })
    .optional(),
})
const hits = z.object({
  hits: z.object({ hits: z.array(z.object({ _id: z.string(), sort: z.tuple([z.number()]) })) }),
})
const openIndices = z.array(z.object({ index: z.string(), status: z.string() }))

/** Makes no request. */
export function createDocuments({ client, topic, index }: { client: Client; topic: string; index: string }): Documents {
  const bulk = createBulk(client)
  const indexOf = dailyIndex(index)
  // `<index>-*` takes the indices of `<index>-test` too; a day's name has no further hyphen.
  const foreign = { wildcard: { _index: `${index}-*-*` } }
  const { signal } = new AbortController()

  async function search<T>(partition: number, span: Span | undefined, body: object, answer: z.ZodType<T>): Promise<T> {
    const range = span ? [{ range: { 'kafka.offset': { gte: span.from, lt: span.to } } }] : []
    const filter = [{ term: { 'kafka.topic': topic } }, { term: { 'kafka.partition': partition } }, ...range]
    const found: unknown = await client.transport.request({
      method: 'POST',
      path: `/${index}-*/_search`,
      querystring: { allow_partial_search_results: false, expand_wildcards: 'open', ignore_unavailable: true },
      body: { query: { bool: { filter, must_not: [foreign] } }, track_total_hits: false, ...body },
    })
    return answer.parse(found)
  }

  async function list(partition: number, span: Span): Promise<{ offset: number; id: string }[]> {
    if (span.from >= span.to) return []
    const body = { size: blockOffsets, _source: false, sort: byOffset }
    const found = (await search(partition, span, body, hits)).hits.hits
    if (found.length < blockOffsets || span.to - span.from === 1)
      return found.map(({ _id, sort: [offset] }) => ({ offset, id: _id }))
    const [lower, upper] = halvesOf(span)
    return [...(await list(partition, lower)), ...(await list(partition, upper))]
  }

  /** Which daily indices can be asked; the name of a day rises with it. */
  async function indices(): Promise<{ open: Set<string>; closed: Set<string>; oldest: string | undefined }> {
    const all = await client.cat.indices({
      index: `${index}-*`,
      format: 'json',
      h: ['index', 'status'],
      expand_wildcards: ['open', 'closed'],
    })
    const found = openIndices.parse(all).filter(one => !one.index.includes('-', index.length + 1))
    const open = found.filter(one => one.status === 'open').map(one => one.index)
    const closed = found.filter(one => one.status !== 'open').map(one => one.index)
    return { open: new Set(open), closed: new Set(closed), oldest: found.map(one => one.index).sort()[0] }
  }

  return {
    async counts(partition, span) {
      const counts = new Map<number, number>()
      for (const part of requestsOf(span)) {
        const blocks = { histogram: { field: 'kafka.offset', interval: blockOffsets, min_doc_count: 1 } }
        const found = await search(partition, part, { size: 0, aggs: { blocks } }, buckets)
        for (const { key, doc_count } of found.aggregations?.blocks.buckets ?? []) counts.set(key, doc_count)
      }
      return counts
    },
    list,
    async first(partition) {
      const body = { size: 1, _source: false, sort: byOffset }
      return (await search(partition, undefined, body, hits)).hits.hits[0]?.sort[0]
    },
    async look(partition, records) {
      const verdicts = new Map<LogRecord, Verdict>(records.map(record => [record, 'unstorable']))
      const entries = records.flatMap(record => {
        const read = readRecord(record.value)
        if (!read.ok || Buffer.byteLength(read.eventId) > maxIdBytes) return []
        return [{ id: read.eventId, index: indexOf(read), record }]
      })
      if (entries.length === 0) return [...verdicts.values()]
      const compared = await bulk.compare(entries, { topic, partition }, signal)
      if ('outcome' in compared) throw new Error(compared.message)
      const there = compared.includes('missing') ? await indices() : undefined
      entries.forEach(({ record, index: name }, position) => {
        const verdict = compared[position] ?? 'missing'
        const isOld = there?.oldest !== undefined && name < there.oldest && !there.open.has(name)
        if (verdict === 'redelivery') verdicts.set(record, 'there')
        else if (verdict === 'missing' && (isOld || there?.closed.has(name))) verdicts.set(record, 'dropped')
        else verdicts.set(record, verdict)
      })
      return [...verdicts.values()]
    },
  }
}
