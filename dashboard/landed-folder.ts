import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** One landed file, complete and immutable from the moment that it has its name. */
export interface LandedFile {
  /** Below the events folder, with `/`. */
  name: string
  path: string
  dt: string
  hr: string
}

const dayPattern = /^dt=(\d{4}-\d{2}-\d{2})$/
const hourPattern = /^hr=(\d{2})$/
const filePattern = /^[^_.].*\.json(\.gz)?$/

async function namesIn(folder: string, pattern: RegExp): Promise<string[]> {
  try {
    return (await readdir(folder)).filter(name => pattern.test(name))
  } catch (error) {
    // A folder that isn't there yet, or no longer, holds nothing.
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return []
    throw error
  }
}

/**
 * Lists `<eventsDir>/dt=…/hr=…/*.json[.gz]`, newest hour first. As in Hive, names that begin with `_` or `.` are not
 * seen, nor is anything outside such folders. A missing folder is an empty one; other errors of the file system reject.
 */
export async function listLandedFiles(eventsDir: string): Promise<LandedFile[]> {
  const files: LandedFile[] = []
  for (const day of (await namesIn(eventsDir, dayPattern)).sort().reverse()) {
    for (const hour of (await namesIn(join(eventsDir, day), hourPattern)).sort().reverse()) {
      for (const name of (await namesIn(join(eventsDir, day, hour), filePattern)).sort().reverse()) {
        const path = join(eventsDir, day, hour, name)
        files.push({ name: `${day}/${hour}/${name}`, path, dt: day.slice(3), hr: hour.slice(3) })
      }
    }
  }
  return files
}
