import { findNewest, readLastRow } from '../../../consumers/hdfs/recovery.ts'
import type { LandingStore } from '../../../consumers/hdfs/store.ts'
import { createWebHdfsStore } from '../../../consumers/hdfs/webhdfs/store.ts'
import { atMost, type Figure } from '../../collector/figures.ts'
import { startFakeProcess } from '../child.ts'
import { fakeTable, tableFile, tablePartitions } from '../fake-server.ts'
import { inRealTable } from './landing.ts'

const files = 10_000
/** Uploads at a time while the real table is filled. */
const uploads = 32

/** The longest of five partitions' recoveries. */
async function recover(what: string, store: LandingStore): Promise<Figure[]> {
  let longestMs = 0
  for (const partition of [0, 11, 23, 35, 47]) {
    const began = performance.now()
    const newest = await findNewest(store, { partition, generation: 1 })
    const row = newest && (await readLastRow(store, newest))
    longestMs = Math.max(longestMs, performance.now() - began)
    const last = Math.floor((files - 1 - partition) / tablePartitions)
    if (row?.offset !== last) throw new Error(`partition ${partition} ends at ${row?.offset}, not at ${last}`)
  }
  return [{ what, value: longestMs, unit: 'ms', bounds: atMost(2_000) }]
}

async function fill(store: LandingStore): Promise<void> {
  const nowMs = Date.now()
  let index = 0
  const upload = async () => {
    while (index < files) {
      const { path, content } = tableFile(index++, nowMs)
      await store.land(await store.stage('file', [content]), path)
    }
  }
  await Promise.all(Array.from({ length: uploads }, upload))
}

/** Finding where to go on in a table of 10,000 files of the last 24 hours, of 48 partitions. */
export async function recovery(): Promise<Figure[]> {
  const fake = await startFakeProcess(files)
  try {
    const store = createWebHdfsStore({ urls: [fake.url], user: 'bench', path: fakeTable })
    const figures = await recover('recovery, 10,000 files in the fake', store)
    const real = await inRealTable(async store => {
      await fill(store)
      return recover('recovery, 10,000 files in the real HDFS', store)
    })
    return [...figures, ...real]
  } finally {
    fake.close()
  }
}
