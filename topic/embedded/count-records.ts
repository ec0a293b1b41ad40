import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { open } from 'lmdb'
import { assertLmdbFile } from './lmdb-file.ts'
import type { PartitionState } from './records.ts'

/**
 * How many records the folder of an `openRecords` holds, also while a process has it open; 0 where there is none. Changes nothing in
 * it. Rejects when it can't be read.
 */
export async function countRecords(folder: string): Promise<number> {
  const path = join(folder, 'log.mdb')
  if (!existsSync(path)) return 0
  assertLmdbFile(path)
  const env = open({ path, noSubdir: true, maxDbs: 4, readOnly: true })
  try {
    const states = env.openDB<PartitionState, number>({ name: 'partitions', encoding: 'json' })
    return [...states.getRange()].reduce((sum, { value }) => sum + value.next - value.low, 0)
  } finally {
    await env.close()
  }
}
