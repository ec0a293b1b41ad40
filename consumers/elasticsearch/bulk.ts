import type { Client } from '@elastic/elasticsearch'
import { z } from 'zod'
import { decodeRecord, landedEndsOf } from '../../topic/record.ts'
import type { LogRecord } from '../../topic/topic.ts'
import { type Conflict, conflictFields, conflictOf } from './conflict.ts'
import { type BulkDocument, bulkBody } from './document.ts'
import { type ItemAnswer, type RequestFailure, requestFailure } from './outcome.ts'

/** One document on its way. */
export interface BulkEntry extends BulkDocument {
  record: LogRecord
  /** In a bulk, at most. */
  bytes: number
  addedMs: number
}

/** Where the entries come from. */
export interface LogPlace {
  topic: string
  partition: number
}

export interface Bulk {
  /** One bulk of creates: an answer an entry, in order, or why the whole failed. Rejects only when `signal` aborts. */
  create(
    entries: readonly BulkEntry[],
    place: LogPlace,
    signal: AbortSignal,
  ): Promise<readonly ItemAnswer[] | RequestFailure>
  /** Looks at the documents that have the entries' ids. `missing`: gone meanwhile. Rejects only when `signal` aborts. */
  compare(
    entries: readonly Pick<BulkEntry, 'index' | 'id' | 'record'>[],
    place: LogPlace,
    signal: AbortSignal,
  ): Promise<(Conflict | 'missing')[] | RequestFailure>
}

const item = z.object({
  create: z.object({ status: z.number(), error: z.object({ type: z.string(), reason: z.string() }).optional() }),
})
const bulkAnswer = z.object({ items: z.array(item) })
const mgetAnswer = z.object({
  docs: z.array(z.object({ found: z.boolean().optional(), _source: z.unknown().optional() })),
})

/** The part of an answer that is read: without it a bulk of 1,000 answers with 200 KB. */
const bulkFields = 'items.create.status,items.create.error.type,items.create.error.reason'

/** The two requests that the sink makes, never repeated here. */
export function createBulk(client: Client): Bulk {
  async function post<T>(
    request: Parameters<Client['transport']['request']>[0],
    answer: z.ZodType<T>,
    signal: AbortSignal,
  ): Promise<T | RequestFailure> {
    try {
      const body: unknown = await client.transport.request(request, { signal })
      const parsed = answer.safeParse(body)
      if (parsed.success) return parsed.data
      return { outcome: 'retry', statusCode: undefined, message: `unexpected answer: ${parsed.error.message}` }
    } catch (error) {
      signal.throwIfAborted()
      return requestFailure(error)
    }
  }

  return {
    async create(entries, place, signal) {
      const bytes = entries.reduce((sum, one) => sum + one.bytes, 0)
      const answer = await post(
        {
          method: 'POST',
          path: '/_bulk',
          querystring: { filter_path: bulkFields },
          bulkBody: bulkBody(entries, landedEndsOf(place), bytes),
        },
        bulkAnswer,
        signal,
      )
      if ('outcome' in answer) return answer
      if (answer.items.length === entries.length) return answer.items.map(one => one.create)
      const message = `${answer.items.length} answers to ${entries.length} documents`
      return { outcome: 'retry', statusCode: undefined, message }
    },
    async compare(entries, place, signal) {
      const answer = await post(
        {
          method: 'POST',
          path: '/_mget',
          querystring: { _source_includes: conflictFields.join(',') },
          body: { docs: entries.map(({ index, id }) => ({ _index: index, _id: id })) },
        },
        mgetAnswer,
        signal,
      )
      if ('outcome' in answer) return answer
      return entries.map(({ record }, position) => {
        const stored = answer.docs[position]
        if (!stored?.found) return 'missing'
        const decoded = decodeRecord(record.value)
        return decoded.ok ? conflictOf(decoded.record, { ...place, offset: record.offset }, stored._source) : 'conflict'
      })
    },
  }
}
