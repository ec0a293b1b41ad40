import { bytesOf, overloaded } from './answer.ts'
import type { CorsPolicy } from './cors.ts'

/** The whole 503 of an overloaded collector to a page of this origin, as latin1; undefined where the page may not send at all. */
export function earlyRefusal(cors: CorsPolicy): (origin: string | undefined) => string | undefined {
  let last: { headers: object; text: string } | undefined
  return origin => {
    const { allowed, headers } = cors.of(origin)
    if (!allowed) return undefined
    if (last?.headers !== headers) last = { headers, text: bytesOf(overloaded, headers) }
    return last.text
  }
}
