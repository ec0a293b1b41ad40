import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The secret of the daily pseudonym: the one kept in the data folder, made at the first start and readable by its owner only. */
export function visitorSecret(dataDir: string): string {
  const path = join(dataDir, 'visitor-secret')
  if (!existsSync(path)) {
    mkdirSync(dataDir, { recursive: true })
    const own = `${path}.${process.pid}`
    writeFileSync(own, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 })
    // Two processes may start at once: the first link wins, whole, and the other reads it.
    try {
      linkSync(own, path)
    } catch (error) {
      if (!existsSync(path)) throw error
    } finally {
      rmSync(own)
    }
  }
  return readFileSync(path, 'utf8').trim()
}
