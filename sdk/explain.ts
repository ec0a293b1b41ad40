import { build } from './build.ts'

/** Tells on the console what the tracker does and why, in clicktrail.debug.js alone. */
export function explain(what: string, ...details: unknown[]): void {
  if (build === 'debug') console.info(`[clicktrail] ${what}`, ...details)
}
