import { setTimeout as sleep } from 'node:timers/promises'
import { backoffMs } from '../consumers/backoff.ts'

const slackErrorCodes = ['refused', 'unreachable'] as const

/** Slack did not take a message. Neither it nor its cause holds the webhook's address, which is a secret. */
export class SlackError extends Error {
  override readonly name = 'SlackError'
  readonly code: (typeof slackErrorCodes)[number]

  constructor(code: (typeof slackErrorCodes)[number], message: string) {
    super(message)
    this.code = code
  }
}

export interface SlackOptions {
  /** Tries, the first one too. @default 6 */
  attempts?: number
  /** Upper bound of the first wait after a failure; it doubles, up to 30 s. @default 1000 */
  baseMs?: number
  /** A longer Retry-After is not waited for. @default 120000 */
  patienceMs?: number
  /** Without an answer for so long a try has failed. @default 10000 */
  timeoutMs?: number
  /** @default a timer */
  wait?: (ms: number) => Promise<unknown>
}

/** What one try came to. */
type Outcome = { done: true } | { done: false; retriable: boolean; waitMs?: number; error: SlackError }

/** Slack cuts a message at 40,000 characters. */
export const slackChars = 30_000

/**
 * Posts a text, shown as it is in letters of one width, to an incoming webhook (https://api.slack.com/messaging/webhooks).
 * After 429 it waits as long as Retry-After says, after 5xx, no answer or a broken connection with back-off: the message may
 * then be there twice. Throws a {@link SlackError} at once for any other answer, and after the last try.
 */
export async function postToSlack(webhookUrl: string, text: string, options: SlackOptions = {}): Promise<void> {
  const { attempts = 6, baseMs = 1_000, patienceMs = 120_000, timeoutMs = 10_000, wait = sleep } = options
  const body = JSON.stringify({ text: asBlock(text) })
  for (let attempt = 0; ; attempt++) {
    const outcome = await tryToPost(webhookUrl, body, timeoutMs)
    if (outcome.done) return
    const { retriable, waitMs = backoffMs(attempt, { baseMs, maxMs: 30_000 }), error } = outcome
    if (!retriable || attempt + 1 >= attempts || waitMs > patienceMs) throw error
    await wait(waitMs)
  }
}

/** A block of code: &, < and > would mean links and mentions, ` would end it. */
function asBlock(text: string): string {
  const cut = text.length > slackChars ? `${text.slice(0, slackChars)}…` : text
  const plain = cut.replaceAll('`', "'").replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return `\`\`\`\n${plain.trimEnd()}\n\`\`\``
}

async function tryToPost(webhookUrl: string, body: string, timeoutMs: number): Promise<Outcome> {
  let answer: Response
  let said: string
  try {
    answer = await fetch(webhookUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
    said = await answer.text()
  } catch (error) {
    return { done: false, retriable: true, error: new SlackError('unreachable', `Slack ${reasonOf(error, timeoutMs)}`) }
  }
  if (answer.ok) return { done: true }
  const { status } = answer
  const error = new SlackError('refused', `Slack refused the message: ${status} ${said.trim().slice(0, 100)}`.trim())
  const waitMs = status === 429 ? retryAfterMs(answer.headers.get('retry-after')) : undefined
  return { done: false, retriable: status === 429 || status >= 500, error, ...(waitMs === undefined ? {} : { waitMs }) }
}

/** Seconds, as Slack writes it (https://api.slack.com/apis/rate-limits); undefined for anything else. */
function retryAfterMs(header: string | null): number | undefined {
  return header !== null && /^\d{1,9}$/.test(header) ? Number(header) * 1_000 : undefined
}

/** Only the code of a cause: its text may repeat the address. */
function reasonOf(error: unknown, timeoutMs: number): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `has not answered within ${timeoutMs / 1_000} s`
  const cause = error instanceof Error ? error.cause : undefined
  const code = cause instanceof Error && 'code' in cause ? ` (${cause.code})` : ''
  return `can't be reached${code}`
}
