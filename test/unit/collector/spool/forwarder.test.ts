import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { createBreakers } from '../../../../collector/sending/breakers.ts'
import { createForwarder } from '../../../../collector/spool/forwarder.ts'
import { createSpoolLog } from '../../../../collector/spool/spool-log.ts'
import { openRecords, type Records } from '../../../../topic/embedded/records.ts'
import { TopicError } from '../../../../topic/topic.ts'
import { createFakeTopicWriter } from '../../../support/fake-topic-writer.ts'
import { until } from '../../../support/until.ts'

const logger = pino({ level: 'silent' })

test('keeps what is set aside though the disk refuses to remove it at first, counts it once, and sends nothing again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'clicktrail-forwarder-'))
  const records = openRecords({ folder, what: 'the spool', now: Date.now })
  let refusals = 1
  const refusing: Records = {
    ...records,
    // The second record reads as damaged.
    read: (partition, offset) => (offset === 1 ? undefined : records.read(partition, offset)),
    removeBefore: (...args) =>
      refusals-- > 0 ? Promise.reject(new TopicError('storage', 'no room')) : records.removeBefore(...args),
  }
  const log = createSpoolLog({ records: refusing, logger })
  const writer = createFakeTopicWriter({
    onAppend: async (_, sent) => {
      const index = sent.findIndex(({ value }) => `${value}` === 'large')
      if (index >= 0) throw new TopicError('record_too_large', 'too large', { index })
    },
  })
  const values = ['a', 'damaged', 'large', 'b'].map(text => ({ value: Buffer.from(text) }))
  await records.append([{ partition: 0, records: values }])
  const frames = [1, 2].map(offset => records.frame(0, offset))

  const breakers = createBreakers({ logger })
  const forwarder = createForwarder({ log, writer, breakers, bytesPerSecond: 1_000_000, logger })
  forwarder.wake(0)
  await until(() => refusals === 0, { what: 'the refusal', everyMs: 1 })
  expect(log.setAside()).toEqual({ corrupt: 0, too_large: 0 })
  await until(() => !log.holds(0), { what: 'the spool to be empty', everyMs: 5 })
  await forwarder.close(1_000)

  expect(writer.values.map(String)).toEqual(['a', 'b'])
  expect(log.setAside()).toEqual({ corrupt: 1, too_large: 1 })
  const asides = records.table<Buffer, [number, number]>('aside', 'binary')
  expect([1, 2].map(offset => asides.get([0, offset]))).toEqual(frames)
  await log.close()
  rmSync(folder, { recursive: true, force: true })
})
