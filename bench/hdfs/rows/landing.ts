import { randomUUID } from 'node:crypto'
import { connectHdfs } from '../../../consumers/hdfs/connect.ts'
import type { LandingStore } from '../../../consumers/hdfs/store.ts'
import { createWebHdfsStore } from '../../../consumers/hdfs/webhdfs/store.ts'
import { createMemoryStorage } from '../../../test/support/memory-landing-store.ts'
import { atLeast, atMost, type Bounds, type Figure } from '../../collector/figures.ts'
import { startFakeProcess } from '../child.ts'
import { fakeTable } from '../fake-server.ts'
import { createGeneratedReader } from '../generated-reader.ts'
import { land, logger } from '../landing-run.ts'
import { servers } from '../options.ts'

const partitions = 6

/** Lands records of six partitions, two files each, and says how fast. */
async function landInto(what: string, store: LandingStore, thousands: number, bounds?: Bounds): Promise<Figure[]> {
  const each = Math.floor((thousands * 1_000) / partitions / 2)
  const records = each * 2
  const total = records * partitions
  const reader = createGeneratedReader({ partitions, records })
  const { seconds, cpuSeconds } = await land(reader, store, total, { maxRecords: each })
  return [
    { what, value: total / seconds, unit: 'events/s', ...(bounds && { bounds }) },
    { what: '… CPU µs an event', value: (cpuSeconds * 1e6) / total, unit: '' },
    { what: '… cores that it had', value: cpuSeconds / seconds, unit: '' },
  ]
}

export function intoMemory(thousands = 1_500): Promise<Figure[]> {
  return landInto('into memory', createMemoryStorage().store(), thousands)
}

export async function intoFake(thousands = 1_500): Promise<Figure[]> {
  const fake = await startFakeProcess()
  try {
    const store = createWebHdfsStore({ urls: [fake.url], user: 'bench', path: fakeTable })
    const figures = await landInto('into a fake HDFS on loopback', store, thousands, atLeast(80_000, 150_000))
    const calls = (await fake.calls()).filter(call => !call.startsWith('dn:') && call !== 'LISTSTATUS')
    const operations = calls.length / (2 * partitions)
    return [...figures, { what: 'NameNode operations a file', value: operations, unit: '', bounds: atMost(5) }]
  } finally {
    fake.close()
  }
}

/** A table of its own in the real HDFS while `use` runs; without one, nothing. */
export async function inRealTable(use: (store: LandingStore) => Promise<Figure[]>): Promise<Figure[]> {
  const { hdfsUrls, hdfsUser } = servers
  if (!hdfsUrls) return []
  const folder = `bench-hdfs-${randomUUID()}`
  const where = { urls: hdfsUrls, user: hdfsUser, logger }
  const store = await connectHdfs({ ...where, path: `/tmp/${folder}/events` })
  const cleaner = await connectHdfs({ ...where, path: '/tmp' })
  try {
    return await use(store)
  } finally {
    await cleaner.removeFolder(folder)
  }
}

export function intoReal(thousands = 1_500): Promise<Figure[]> {
  return inRealTable(store => landInto('into the real HDFS', store, thousands, atLeast(20_000)))
}
