import { TopicError } from '../../topic/topic.ts'
import type { Request } from './pending.ts'

/** What the failure of a send says of its requests. */
export type SendFailure =
  /** The topic never takes the value at `at` of `request`; the first `acknowledged` values of all together are on it. */
  | { kind: 'too_large'; request: Request; at: number; acknowledged: number }
  /** The topic may take them later: it is away. */
  | { kind: 'away' }
  /** It refuses them, and would again. */
  | { kind: 'refused' }

/** Reads the error of an append of the requests' values. A right that is missing may be given: meanwhile the topic is away for all. */
export function failureOf(error: unknown, requests: readonly Request[]): SendFailure {
  if (!(error instanceof TopicError)) return { kind: 'refused' }
  const { code, acknowledged } = error
  const found = code === 'record_too_large' && locate(requests, error.index ?? -1)
  if (found) return { kind: 'too_large', ...found, acknowledged }
  return { kind: error.retriable || code === 'unauthorized' ? 'away' : 'refused' }
}

/** Which value of which request stands at `index` among the values of them all. */
function locate(requests: readonly Request[], index: number): { request: Request; at: number } | undefined {
  let at = index
  for (const request of requests) {
    if (at >= 0 && at < request.values.length) return { request, at }
    at -= request.values.length
  }
  return undefined
}

/** Whose the first `count` values of the requests together are, and how many of each. */
export function firstOf(requests: readonly Request[], count: number): { request: Request; count: number }[] {
  const first: { request: Request; count: number }[] = []
  let left = count
  for (const request of requests) {
    if (left === 0) break
    const taken = Math.min(left, request.values.length)
    first.push({ request, count: taken })
    left -= taken
  }
  return first
}
