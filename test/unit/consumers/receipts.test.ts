import { expect, it } from 'vitest'
import { createReceipts, receivedMsOf } from '../../../consumers/receipts.ts'
import { brokenRecord, logRecord, logStartMs } from '../../support/log-records.ts'

const received = (offset: number, atMs: number) => logRecord(0, offset, { atMs })

it('tells once for how long what became durable was on its way', () => {
  const receipts = createReceipts()
  receipts.note(received(7, logStartMs), logStartMs + 1_000)
  receipts.note(received(9, logStartMs + 2_000), logStartMs + 3_000)
  expect(receipts.settle(7, logStartMs + 4_000)).toEqual([])
  expect(receipts.settle(8, logStartMs + 4_500)).toEqual([4.5])
  expect(receipts.settle(10, logStartMs + 5_000)).toEqual([3])
  expect(receipts.settle(10, logStartMs + 5_000)).toEqual([])
})

it('notes ten records a second at most', () => {
  const receipts = createReceipts()
  for (let n = 0; n < 1_000; n++) receipts.note(received(n, logStartMs), logStartMs + n)
  expect(receipts.settle(1_000, logStartMs + 1_000)).toHaveLength(10)
})

it('passes over what does not say when it was received', () => {
  const receipts = createReceipts()
  receipts.note(undefined, logStartMs)
  receipts.note(brokenRecord(1), logStartMs)
  receipts.note({ value: null, offset: 2, timestampMs: logStartMs }, logStartMs)
  expect(receipts.settle(3, logStartMs + 1_000)).toEqual([])
})

it('is not misled by a text that quotes the member', () => {
  const { value } = logRecord(0, 0, { atMs: logStartMs, tab: 'x","created":"2001-01-01T00:00:00.000Z' })
  expect(receivedMsOf(value)).toBe(logStartMs)
})
