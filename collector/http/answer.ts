import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { PartialAnswer } from '../../sdk/event.ts'

/** Every way in which a request ends, but one for a script or a preflight, and its status: the one table. What the SDK makes of each stands in the README. */
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
  /** Too many requests from one address. */
  limited: 429,
  too_many_headers: 431,
  /** A fault of ours. */
  internal: 500,
  /** Too much is on its way. */
  overloaded: 503,
  /** The topic did not take the events in time. */
  not_acknowledged: 503,
  topic_unknown: 503,
  /** The process is about to end. */
  draining: 503,
  /** The connection had carried as many requests as one may. */
  connection_spent: 503,
} as const

export type Outcome = keyof typeof statuses
export type Refusal = Exclude<Outcome, 'acknowledged' | 'partial'>

export type Answer =
  | { outcome: 'acknowledged' }
  | { outcome: 'partial'; body: PartialAnswer }
  | {
      outcome: Refusal
      /** What is wrong and where, and what to do about it. */
      message: string
      /** Seconds; only where the same request may succeed later. */
      retryAfterSeconds?: number
      /** Methods; only with `method_not_allowed`. */
      allow?: string
      /** Whether the connection is closed after the answer. */
      close?: boolean
    }

export type Refused = Extract<Answer, { outcome: Refusal }>

/** Refused at once, rather than kept waiting. */
export const overloaded = {
  outcome: 'overloaded',
  message: 'too many events are on their way: keep these and send them again after the seconds in Retry-After',
  retryAfterSeconds: 2,
} as const satisfies Answer

export type Headers = Readonly<Record<string, string>>

/** An answer, and the headers that its page needs to see it. */
export interface Reply {
  answer: Answer
  headers: Headers
}

/** Writes an answer as the whole response: JSON unless it is a 204, never cached, with `headers` added. */
export function writeAnswer(response: ServerResponse, answer: Answer, headers: Headers): void {
  if (answer.outcome === 'acknowledged') {
    response.writeHead(statuses.acknowledged, headers).end()
    return
  }
  const text = bodyOf(answer)
  const length = { 'Content-Length': String(Buffer.byteLength(text)) }
  response.writeHead(statuses[answer.outcome], { ...headers, ...headersOf(answer), ...length }).end(text)
}

/** The same as a web response. */
export function responseOf(answer: Exclude<Answer, { outcome: 'acknowledged' }>): Response {
  return new Response(bodyOf(answer), { status: statuses[answer.outcome], headers: headersOf(answer) })
}

/** The same as the last bytes of a connection, for what can't be read as a request. */
export function lastBytesOf(answer: Refused): string {
  return answerText({ answer: { ...answer, close: true }, headers: {} }, {})
}

/** The same as text for a connection, where the answer is not Node's to write; `added` comes behind the headers of the answer. */
export function answerText({ answer, headers }: Reply, added: Headers): string {
  const status = statuses[answer.outcome]
  const text = answer.outcome === 'acknowledged' ? '' : bodyOf(answer)
  const own =
    answer.outcome === 'acknowledged' ? {} : { ...headersOf(answer), 'Content-Length': String(Buffer.byteLength(text)) }
  const lines = Object.entries({ ...headers, ...own, ...added }).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${text}`
}

function bodyOf(answer: Exclude<Answer, { outcome: 'acknowledged' }>): string {
  return JSON.stringify(answer.outcome === 'partial' ? answer.body : { error: answer.message })
}

function headersOf(answer: Exclude<Answer, { outcome: 'acknowledged' }>): Record<string, string> {
  const headers: Record<string, string> = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }
  if (answer.outcome === 'partial') return headers
  if (answer.retryAfterSeconds !== undefined) headers['Retry-After'] = String(answer.retryAfterSeconds)
  if (answer.allow !== undefined) headers['Allow'] = answer.allow
  if (answer.close) headers['Connection'] = 'close'
  return headers
}
