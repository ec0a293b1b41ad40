import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError } from '../config/config.ts'

/** Shorter ones could be guessed, and with them the addresses behind the pseudonyms. */
const minChars = 16

/**
 * The secret of the daily pseudonym: the one kept in the data folder, made at the first start and readable by its owner
 * only. Throws a ConfigError for one that is too short, as a power cut may leave it.
 */
export function visitorSecret(dataDir: string): string {
  const path = join(dataDir, 'visitor-secret')
  if (!existsSync(path)) {
    mkdirSync(dataDir, { recursive: true })
    const own = `${path}.${process.pid}`
    writeFileSync(own, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flush: true })
    // Two processes may start at once: the first link wins, whole, and the other reads it.
    try {
      linkSync(own, path)
    } catch (error) {
      if (!existsSync(path)) throw error
    } finally {
      rmSync(own)
    }
  }
  const secret = readFileSync(path, 'utf8').trim()
  if (secret.length >= minChars) return secret
  throw new ConfigError([
    `${path} holds ${secret.length} characters, a secret has ${minChars} at least: delete it, and another one is made`,
  ])
}
