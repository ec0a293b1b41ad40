import { randomBytes } from 'node:crypto'

/** A tab for a client that has none: nine characters of `nowMs` in base 36, then 13 random ones (64 bits). */
export function newTab(nowMs: number): string {
  const random = randomBytes(8).readBigUInt64BE().toString(36)
  return nowMs.toString(36).padStart(9, '0') + random.padStart(13, '0')
}
