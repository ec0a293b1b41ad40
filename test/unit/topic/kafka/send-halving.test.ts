import { KafkaJSProtocolError } from 'kafkajs'
import { expect, test, vi } from 'vitest'
import { sendHalving } from '../../../../topic/kafka/send-halving.ts'
import type { TopicRecord } from '../../../../topic/topic.ts'

const tooLarge = () => Object.assign(new KafkaJSProtocolError('too large'), { type: 'MESSAGE_TOO_LARGE' })

/** A log that takes batches of so many bytes. */
function logOf(limit: number) {
  const taken: number[] = []
  return {
    taken,
    async send(records: readonly TopicRecord[]) {
      const sizes = records.map(({ value }) => value.byteLength)
      if (sizes.reduce((sum, size) => sum + size, 0) > limit) throw tooLarge()
      taken.push(...sizes)
    },
  }
}

const recordsOf = (...sizes: number[]) => sizes.map(size => ({ value: Buffer.alloc(size) }))

test('sends what is too large together in parts, in order', async () => {
  const log = logOf(10)
  let told = 0
  await sendHalving({
    send: log.send,
    records: recordsOf(1, 2, 3, 4, 5, 6, 7),
    from: 0,
    operation: 'append',
    onTooLarge: () => told++,
  })
  expect(log.taken).toEqual([1, 2, 3, 4, 5, 6, 7])
  expect(told).toBe(1)
})

test.each([0, 1, 2, 3, 4])(
  'names the culprit at %i, counted in all that is appended, and has sent those before',
  async at => {
    const log = logOf(10)
    const records = recordsOf(1, 1, 1, 1, 1).with(at, { value: Buffer.alloc(11) })
    const sent = sendHalving({ send: log.send, records, from: 100, operation: 'append' })
    await expect(sent).rejects.toMatchObject({ code: 'record_too_large', index: 100 + at, acknowledged: 100 + at })
    expect(log.taken).toHaveLength(at)
  },
)

test('sends nothing again after any other failure', async () => {
  const gone = new Error('gone')
  const send = vi.fn(() => Promise.reject(gone))
  await expect(sendHalving({ send, records: recordsOf(1, 2), from: 0, operation: 'append' })).rejects.toMatchObject({
    code: 'unavailable',
    cause: gone,
  })
  expect(send).toHaveBeenCalledOnce()
})
