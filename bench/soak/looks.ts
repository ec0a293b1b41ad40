import { z } from 'zod'
import { jsonOf } from './json-of.ts'

/** What the watching audit has said so far. */
export interface Looks {
  /** Rounds in which nothing was missing. */
  clean: number
  /** Rounds in which the topic or a storage did not answer. */
  unanswered: number
  /** Rounds that ended with a mismatch. */
  alarms: number
  /** How long the slowest of all rounds with an answer took, seconds. */
  slowestSeconds: number
  /** The lines that tell of alarms, and those that nobody can read. */
  said: string[]
}

const line = z.object({ msg: z.string(), outcome: z.enum(['clean', 'mismatch']).optional(), ms: z.number().optional() })

/** Reads the log of `clicktrail audit --watch`. A line that is none of its own is in `said` too: it must not go unseen. */
export function looksOf(log: string): Looks {
  const looks: Looks = { clean: 0, unanswered: 0, alarms: 0, slowestSeconds: 0, said: [] }
  for (const text of log.split('\n').filter(one => one !== '')) {
    const parsed = line.safeParse(jsonOf(text))
    const { msg, outcome, ms = 0 } = parsed.data ?? { msg: 'unreadable' }
    looks.slowestSeconds = Math.max(looks.slowestSeconds, ms / 1_000)
    if (outcome === 'clean') looks.clean++
    else if (msg.startsWith('the topic or a storage did not answer')) looks.unanswered++
    else if (outcome === 'mismatch') looks.alarms++
    if (outcome === 'mismatch' || msg === 'mismatch' || !parsed.success) looks.said.push(text)
  }
  return looks
}
