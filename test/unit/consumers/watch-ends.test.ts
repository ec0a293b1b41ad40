import { getEventListeners } from 'node:events'
import { expect, it, vi } from 'vitest'
import { watchEnds } from '../../../consumers/watch-ends.ts'
import { TopicError } from '../../../topic/topic.ts'
import { createFakeReader } from '../../support/fake-reader.ts'
import { logRecords } from '../../support/log-records.ts'

it('tells each partition where its log ends, again and again, and nobody after the end', async () => {
  const reader = createFakeReader()
  const seen: string[] = []
  const partitions = [0, 1].map(partition => ({
    partition,
    sawEnd: (high: number) => void seen.push(`${partition}:${high}`),
  }))
  const end = new AbortController()
  watchEnds(reader, () => partitions, { everyMs: 1, signal: end.signal })
  await vi.waitFor(() => expect(seen).toEqual(expect.arrayContaining(['0:0', '1:0'])))
  reader.boundsError = new TopicError('unavailable', 'bounds: no leader')
  reader.append(1, logRecords(1, 0, 4))
  reader.boundsError = undefined
  await vi.waitFor(() => expect(seen).toContain('1:4'))
  end.abort()
  const bounds = vi.spyOn(reader, 'bounds')
  await new Promise(resolve => setTimeout(resolve, 20))
  expect(bounds).not.toHaveBeenCalled()
})

it('listens for its end once, however many partitions it asks for: Node warns of more than ten', async () => {
  const reader = createFakeReader()
  const bounds = vi.spyOn(reader, 'bounds').mockReturnValue(new Promise(() => {}))
  const partitions = Array.from({ length: 20 }, (_, partition) => ({ partition, sawEnd() {} }))
  const end = new AbortController()
  watchEnds(reader, () => partitions, { everyMs: 1, signal: end.signal })
  await vi.waitFor(() => expect(bounds).toHaveBeenCalledTimes(20))
  expect(getEventListeners(end.signal, 'abort')).toHaveLength(1)
  end.abort()
})
