import { expect, it } from 'vitest'
import { commitMetadata, parseCommitMetadata } from '../../../consumers/sink.ts'
import { describeSink } from '../../support/describe-sink.ts'
import { createMemorySink, type MemoryStorage } from '../../support/memory-sink.ts'

describeSink('memory', async () => {
  const storage: MemoryStorage = new Map()
  return {
    open: () => createMemorySink({ storage }),
    landed: async partition => (storage.get(partition) ?? []).map(({ offset, id }) => ({ offset, id })),
    close: async () => {},
  }
})

it('reads commit metadata back', () => {
  expect(parseCommitMetadata(commitMetadata(1_763_693_084_123, 'tab-2'))).toEqual({
    timestampMs: 1_763_693_084_123,
    eventId: 'tab-2',
  })
})

it.each(['', 'x', '12', '12 a b', ' 12 a'])('does not take %j for commit metadata', text => {
  expect(parseCommitMetadata(text)).toBeUndefined()
})
