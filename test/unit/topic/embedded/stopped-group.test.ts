import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type EmbeddedLog, openEmbeddedLog } from '../../../../topic/embedded/log.ts'
import { embeddedStoppedGroup } from '../../../../topic/embedded/stopped-group.ts'
import type { Committed } from '../../../../topic/topic.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'clicktrail-stopped-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const open = () => openEmbeddedLog({ dir, topic: 't' })

async function committedOf(log: EmbeddedLog): Promise<Committed | undefined> {
  const reader = log.reader('t-hdfs')
  const committed = await new Promise<Committed | undefined>((resolve, reject) => {
    const assigned = async () => resolve(await reader.committed(1))
    reader.start({ assigned, revoked() {}, records() {}, failed: reject }).catch(reject)
  })
  await reader.close()
  return committed
}

test('knows the bounds of a partition, and commits for the group’s next member', async () => {
  const log = open()
  await log.writer().append(1, [{ value: Buffer.from('a') }, { value: Buffer.from('b') }])
  const group = embeddedStoppedGroup(log, 't-hdfs')
  expect(await group.bounds(1)).toEqual({ low: 0, high: 2 })
  await group.commit(1, { next: 1, metadata: '7 a' })
  expect(await committedOf(log)).toEqual({ next: 1, metadata: '7 a' })
  await group.close()
})

test('reads one record, whatever lies before it and in other partitions', async () => {
  const log = open()
  await log.writer().append(0, [{ value: Buffer.from('elsewhere') }])
  const records = Array.from({ length: 3_000 }, (_, offset) => ({ value: Buffer.from(`record ${offset}`) }))
  await log.writer().append(1, records)
  const group = embeddedStoppedGroup(log, 't-hdfs')
  for (const offset of [0, 1_500, 2_999]) {
    const record = await group.recordAt(1, offset)
    expect(record && { offset: record.offset, text: String(record.value) }).toEqual({
      offset,
      text: `record ${offset}`,
    })
  }
  expect(await committedOf(log)).toBeUndefined()
  await group.close()
})

test('says of each partition what lies there, where the group stands, and what came when', async () => {
  const log = open()
  await log.writer().append(1, [{ value: Buffer.from('a') }, { value: Buffer.from('b') }])
  const group = embeddedStoppedGroup(log, 't-hdfs')
  await group.commit(1, { next: 2, metadata: '' })
  const positions = await group.positions()
  expect(positions.get(0)).toEqual({ low: 0, high: 0, committed: undefined })
  expect(positions.get(1)).toEqual({ low: 0, high: 2, committed: { next: 2, metadata: '' } })
  expect((await group.offsetsAt(0)).get(1)).toBe(0)
  expect((await group.offsetsAt(Date.now() + 60_000)).get(1)).toBe(2)
  await group.close()
})

test('says that there is no such partition', async () => {
  const group = embeddedStoppedGroup(open(), 't-hdfs')
  await expect(group.bounds(9)).rejects.toMatchObject({ code: 'topic_missing' })
  await group.close()
})

test('lets go of the folder when closed', async () => {
  await embeddedStoppedGroup(open(), 't-hdfs').close()
  await open().close()
})
