import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { countRecords } from '../../topic/embedded/count-records.ts'

/** A spool that nobody drains in this process. */
export interface LeftBehind {
  topic: string
  dir: string
  /** Records that wait in it; undefined when it can't be read. */
  records: number | undefined
}

/** The spools in the folders of `dir`, which are named after their topics, that are not empty; that of `drained` is left out. */
export async function leftBehind(dir: string, drained: string | undefined): Promise<LeftBehind[]> {
  const found: LeftBehind[] = []
  for (const topic of foldersIn(dir)) {
    if (topic === drained) continue
    const folder = join(dir, topic)
    // What can't be read may hold something: it is for somebody to look at.
    const records = await countRecords(folder).catch(() => undefined)
    if (records !== 0) found.push({ topic, dir: folder, records })
  }
  return found
}

function foldersIn(dir: string): string[] {
  try {
    const entries = readdirSync(dir, { withFileTypes: true })
    return entries.filter(entry => entry.isDirectory()).map(({ name }) => name)
  } catch {
    // There has never been a spool here.
    return []
  }
}
