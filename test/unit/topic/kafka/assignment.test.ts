import type { Batch } from 'kafkajs'
import { describe, expect, test } from 'vitest'
import { createAssignment } from '../../../../topic/kafka/assignment.ts'
import { offsetsBetween } from '../../../support/describe-topic.ts'

function batchOf(fetchedOffset: number, first: number, last: number): Batch & { fetchedOffset: string } {
  return {
    topic: 'clicks',
    partition: 0,
    fetchedOffset: String(fetchedOffset),
    highWatermark: '100',
    messages: offsetsBetween(first, last + 1).map(offset => ({
      key: null,
      value: Buffer.from('v'),
      timestamp: '1763693084123',
      attributes: 0,
      offset: String(offset),
      headers: {},
    })),
    isEmpty: () => false,
    firstOffset: () => String(first),
    lastOffset: () => String(last),
    offsetLag: () => '0',
    offsetLagLow: () => '0',
  }
}

function reading(position: number) {
  const assignment = createAssignment('clicks', [0])
  Object.assign(assignment.held(0), { position, settled: true })
  return assignment
}

describe('an assignment', () => {
  test.each([
    ['from the position on', 5, batchOf(5, 5, 8), [5, 6, 7, 8], 9],
    ['only what was not delivered', 7, batchOf(5, 5, 8), [7, 8], 9],
    ['the last record of a batch that was fetched from before', 8, batchOf(5, 5, 8), [8], 9],
    ['nothing of an answer without records', 5, batchOf(5, 5, 4), [], 5],
    ['over a hole that the log itself has', 5, batchOf(5, 7, 8), [7, 8], 9],
  ])('delivers %s', (_, position, batch, offsets, next) => {
    const assignment = reading(position)
    const taken = assignment.take(batch, false)
    expect(taken).toMatchObject({ kind: 'deliver', records: offsets.map(offset => ({ offset })) })
    expect(assignment.held(0).position).toBe(next)
  })

  test('fetches again what a batch of before a seek would pass over, and believes the second answer', () => {
    const assignment = reading(3)
    expect(assignment.take(batchOf(10, 10, 12), false)).toEqual({ kind: 'refetch', offset: 3 })
    expect(assignment.take(batchOf(10, 10, 12), false)).toMatchObject({ kind: 'deliver' })
    expect(assignment.held(0).position).toBe(13)
  })

  test('takes nothing more once a batch lies before the position, until it is settled again', () => {
    const assignment = reading(9)
    expect(assignment.take(batchOf(5, 5, 8), false)).toEqual({ kind: 'backwards' })
    expect(assignment.held(0)).toMatchObject({ position: 9, settled: false, behind: true })
    expect(assignment.take(batchOf(9, 9, 12), false)).toEqual({ kind: 'discard' })
  })

  test.each([
    ['before it is settled', { settled: false }, false],
    ['while it is paused', { paused: true }, false],
    ['when kafkajs says that a seek is pending', {}, true],
  ])('takes nothing %s', (_, state, stale) => {
    const assignment = reading(5)
    Object.assign(assignment.held(0), state)
    expect(assignment.take(batchOf(5, 5, 8), stale)).toEqual({ kind: 'discard' })
    expect(assignment.held(0).position).toBe(5)
  })

  test('discards and fences what is not in it', () => {
    const assignment = createAssignment('clicks', [1])
    expect(assignment.take(batchOf(0, 0, 1), false)).toEqual({ kind: 'discard' })
    expect(() => assignment.held(0)).toThrow(expect.objectContaining({ code: 'fenced' }))
  })
})
