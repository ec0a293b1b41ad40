import type { PartialAnswer } from '../sdk/event.ts'

/** Every way in which a request for events ends, and its status: the one table. What the SDK makes of each stands in the README. */
export const statuses = {
  /** Every event is acknowledged. */
  acknowledged: 204,
  /** Some events were invalid; the rest are acknowledged. */
  partial: 200,
  bad_request: 400,
  /** The origin is not on the list. */
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  /** The body came too slowly. */
  timeout: 408,
  too_large: 413,
  unsupported: 415,
  /** A fault of ours. */
  internal: 500,
  /** No room, the topic doesn't take the events, or the process is about to end. */
  unavailable: 503,
} as const

export type Refusal = Exclude<keyof typeof statuses, 'acknowledged' | 'partial'>

export type Answer =
  | { outcome: 'acknowledged' }
  | { outcome: 'partial'; body: PartialAnswer }
  | {
      outcome: Refusal
      /** What is wrong and where, and what to do about it. */
      message: string
      /** Seconds; only with `unavailable`. */
      retryAfterSeconds?: number
      /** Methods; only with `method_not_allowed`. */
      allow?: string
      /** Whether the connection is closed after the answer. */
      close?: boolean
    }

/** The HTTP response of an answer: JSON unless it is a 204, never cached, with `headers` added. */
export function responseOf(answer: Answer, headers: Readonly<Record<string, string>> = {}): Response {
  const status = statuses[answer.outcome]
  if (answer.outcome === 'acknowledged') return new Response(null, { status, headers })
  const all: Record<string, string> = { ...headers, 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }
  if (answer.outcome === 'partial') return new Response(JSON.stringify(answer.body), { status, headers: all })
  if (answer.retryAfterSeconds !== undefined) all['Retry-After'] = String(answer.retryAfterSeconds)
  if (answer.allow !== undefined) all['Allow'] = answer.allow
  if (answer.close) all['Connection'] = 'close'
  return new Response(JSON.stringify({ error: answer.message }), { status, headers: all })
}
