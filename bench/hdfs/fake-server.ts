import { hourOf, pathOf } from '../../consumers/hdfs/path.ts'
import { startFakeWebHdfs } from '../../test/support/fake-webhdfs/fake-webhdfs.ts'
import { landedEnd } from '../../topic/record.ts'
import { makeRecords } from './records.ts'

export const fakeTable = '/bench/events'
export const tablePartitions = 48

/** One file of the table that recovery reads: `index` of them so far, over the last 24 hours, one row each. */
export function tableFile(
  index: number,
  nowMs: number,
): { path: string; content: Buffer; partition: number; start: number } {
  const partition = index % tablePartitions
  const start = Math.floor(index / tablePartitions)
  const hourMs = hourOf(nowMs) - (24 - (start % 25)) * 3_600_000
  const [record] = makeRecords(partition, start, 1, hourMs)
  const end = landedEnd({ topic: 'bench', partition, offset: start })
  const content = Buffer.from(
    `${Buffer.from(record?.value ?? [])
      .toString()
      .slice(0, -1)}${end}\n`,
  )
  return { path: pathOf({ hourMs, generation: 1, partition, start, format: 'json' }), content, partition, start }
}

/** Serves an HDFS on loopback for the process that forked this one, until that ends. */
export async function serveFake(files: number): Promise<void> {
  const fake = await startFakeWebHdfs()
  fake.tree.mkdirs(fakeTable)
  const nowMs = Date.now()
  for (let index = 0; index < files; index++) {
    const { path, content } = tableFile(index, nowMs)
    fake.tree.files.set(`${fakeTable}/${path}`, content)
  }
  process.on('message', () => process.send?.({ calls: fake.calls.splice(0) }))
  process.on('disconnect', () => process.exit())
  process.send?.({ url: fake.urls[0] })
}
