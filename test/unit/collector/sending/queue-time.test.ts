import { expect, test } from 'vitest'
import { createQueueTime } from '../../../../collector/sending/queue-time.ts'

const kib = 1_024
/** A topic that acknowledges 10 KiB a millisecond while more waits: 100 ms are 1,000 KiB. */
function measured(untilMs = 500) {
  const queueTime = createQueueTime({ maxQueueMs: 100, freeBytes: 256 * kib })
  for (let nowMs = 10; nowMs <= untilMs; nowMs += 10) {
    queueTime.acknowledged({ bytes: 100 * kib, startedMs: nowMs - 10, nowMs, backlogged: true })
  }
  return queueTime
}

test('refuses what would wait longer than the limit at the measured rate', () => {
  const queueTime = measured()
  expect([queueTime.refuses(999 * kib, 500), queueTime.refuses(1_001 * kib, 500)]).toEqual([false, true])
})

test('refuses nothing before a backlog was measured', () => {
  const queueTime = createQueueTime()
  for (let nowMs = 10; nowMs < 500; nowMs += 10)
    queueTime.acknowledged({ bytes: 10, startedMs: nowMs - 10, nowMs, backlogged: false })
  expect(queueTime.refuses(60_000 * kib, 500)).toBe(false)
})

test('never refuses a short queue, however slow the topic', () => {
  const queueTime = createQueueTime({ freeBytes: 256 * kib })
  queueTime.acknowledged({ bytes: 10, startedMs: 0, nowMs: 100, backlogged: true })
  expect([queueTime.refuses(256 * kib, 101), queueTime.refuses(257 * kib, 101)]).toEqual([false, true])
})

test('refuses nothing while the topic pauses, and at the old rate once it goes on', () => {
  const queueTime = measured()
  expect([queueTime.refuses(5_000 * kib, 600), queueTime.refuses(5_000 * kib, 601)]).toEqual([true, false])
  queueTime.acknowledged({ bytes: 100 * kib, startedMs: 500, nowMs: 2_500, backlogged: true })
  expect(queueTime.refuses(5_000 * kib, 2_501)).toBe(true)
  expect(queueTime.refuses(700 * kib, 2_501)).toBe(false)
})

test('knows the rate of sends that are in flight together', () => {
  const queueTime = createQueueTime({ maxQueueMs: 100, freeBytes: 0 })
  // Four at once, each 40 ms: one every 10 ms.
  for (let nowMs = 10; nowMs <= 500; nowMs += 10)
    queueTime.acknowledged({ bytes: 100 * kib, startedMs: nowMs - 40, nowMs, backlogged: true })
  expect([queueTime.refuses(950 * kib, 500), queueTime.refuses(1_050 * kib, 500)]).toEqual([false, true])
})

test('forgets a rate that was measured long ago', () => {
  const queueTime = measured()
  queueTime.acknowledged({ bytes: 10, startedMs: 11_000, nowMs: 11_001, backlogged: false })
  expect(queueTime.refuses(5_000 * kib, 11_002)).toBe(false)
})
