import { expect, test } from 'vitest'
import type { Span } from '../../../../consumers/audit/blocks.ts'
import { createForwardReader } from '../../../../consumers/audit/forward-reader.ts'
import { logRecord } from '../../../support/log-records.ts'

/** A log of 100,000 offsets in deliveries of three. */
function reading() {
  const opened: Span[] = []
  const ended: number[] = []
  const reader = createForwardReader(span => {
    opened.push(span)
    return (async function* () {
      try {
        for (let at = span.from; at < span.to; at += 3)
          yield Array.from({ length: Math.min(3, span.to - at) }, (_, n) => logRecord(0, at + n))
      } finally {
        ended.push(span.from)
      }
    })()
  }, 100_000)
  const offsets = async (from: number, to: number) => {
    const read: number[] = []
    for await (const records of reader.read({ from, to })) read.push(...records.map(({ offset }) => offset))
    return read
  }
  return { reader, opened, ended, offsets }
}

test('reads spans one after the other from one stream, whatever the deliveries are', async () => {
  const { opened, offsets } = reading()
  expect(await offsets(4, 6)).toEqual([4, 5])
  expect(await offsets(6, 9)).toEqual([6, 7, 8])
  expect(await offsets(9, 10)).toEqual([9])
  expect(await offsets(15, 17)).toEqual([15, 16])
  expect(opened).toHaveLength(1)
})

test('opens a new stream for what lies far behind, and closes the old one', async () => {
  const { opened, ended, offsets, reader } = reading()
  await offsets(0, 2)
  expect(await offsets(50_000, 50_001)).toEqual([50_000])
  expect(opened.map(({ from }) => from)).toEqual([0, 50_000])
  expect(ended).toEqual([0])
  await reader.close()
  expect(ended).toEqual([0, 50_000])
})

test('ends with the log', async () => {
  const { offsets } = reading()
  expect(await offsets(99_998, 200_000)).toEqual([99_998, 99_999])
  expect(await offsets(200_000, 200_001)).toEqual([])
})
