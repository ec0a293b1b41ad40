import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { TopicError } from '../topic.ts'

/** MDB_MAGIC of lmdb's mdb.c, as it lies in the first meta page, behind the head of the page. */
const magic = Buffer.from('dec0efbe', 'hex')
const magicAt = 24

/**
 * Throws a {@link TopicError} `storage` when something else than an LMDB environment lies there: opening it would end the process.
 * A file that is missing or empty is none yet.
 */
export function assertLmdbFile(path: string): void {
  if (!existsSync(path)) return
  const head = Buffer.alloc(magicAt + magic.byteLength)
  const file = openSync(path, 'r')
  try {
    const length = readSync(file, head, 0, head.byteLength, 0)
    if (length === 0 || head.subarray(magicAt, length).equals(magic)) return
  } finally {
    closeSync(file)
  }
  throw new TopicError('storage', `${path} is damaged: it is not what LMDB writes`)
}
