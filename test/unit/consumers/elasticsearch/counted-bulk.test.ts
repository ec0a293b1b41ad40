import { expect, it } from 'vitest'
import type { Bulk, BulkEntry } from '../../../../consumers/elasticsearch/bulk.ts'
import { countedBulk } from '../../../../consumers/elasticsearch/counted-bulk.ts'
import { logRecord } from '../../../support/log-records.ts'

const { signal } = new AbortController()
const place = { topic: 'clicktrail', partition: 0 }

function counted(...answers: Awaited<ReturnType<Bulk['create']>>[]) {
  return countedBulk({
    create: async () => answers.shift() ?? [],
    compare: async () => [],
  })
}

const entries = (count: number): BulkEntry[] =>
  Array.from({ length: count }, (_, offset) => ({
    record: logRecord(0, offset),
    index: 'clicktrail-2026.11.21',
    id: String(offset),
    json: Buffer.from('{}'),
    offset,
    bytes: 2,
    addedMs: 0,
  }))

it('counts documents by what became of them, and a bulk that had to wait once', async () => {
  const { bulk, counts } = counted(
    [{ status: 201 }, { status: 409 }, { status: 429 }, { status: 503 }, { status: 400 }],
    { outcome: 'retry', statusCode: undefined, message: 'no answer' },
    { outcome: 'stop', statusCode: 401, message: 'who are you?' },
  )
  for (const size of [5, 3, 2]) await bulk.create(entries(size), place, signal)
  expect(counts()).toEqual({
    retries: 2,
    answers: [
      ['created', 1],
      ['conflict', 1],
      ['retry', 5],
      ['reject', 1],
      ['split', 0],
      ['stop', 2],
    ],
  })
})
