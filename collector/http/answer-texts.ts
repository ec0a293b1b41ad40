import { type Answer, answerText, type Headers, overloaded, type Reply } from './answer.ts'
import { httpLimits } from './http-limits.ts'

export interface AnswerTextsOptions {
  requestsPerSocket: number
  /** The clock, milliseconds since the epoch. */
  now(): number
}

/**
 * The text of replies as Node would write them, of the last one on a connection with `last`. What was acknowledged and what
 * was refused as too much is remembered for as long as its date is right, as nearly every answer is one of the two.
 */
export function answerTexts({ requestsPerSocket, now }: AnswerTextsOptions): (reply: Reply, last: boolean) => string {
  const seconds = Math.floor(httpLimits.keepAliveTimeoutMs / 1_000)
  const stays = { Connection: 'keep-alive', 'Keep-Alive': `timeout=${seconds}, max=${requestsPerSocket}` }
  const ends = { Connection: 'close' }
  const known = new Map<Answer['outcome'], { headers: Headers; text: string }>()
  let second = Number.NaN
  let date = ''

  return (reply, last) => {
    const nowSecond = Math.floor(now() / 1_000)
    if (nowSecond !== second) {
      second = nowSecond
      date = new Date(second * 1_000).toUTCString()
      known.clear()
    }
    const { answer, headers } = reply
    if (last) return answerText(reply, { Date: date, ...ends })
    const before = isCommon(answer) ? known.get(answer.outcome) : undefined
    if (before?.headers === headers) return before.text
    const text = answerText(reply, { Date: date, ...stays })
    if (isCommon(answer)) known.set(answer.outcome, { headers, text })
    return text
  }
}

/** That of its text: the two that nearly every request gets are ASCII, which is written in less time. */
export function encodingOf(answer: Answer): 'latin1' | 'utf8' {
  return isCommon(answer) ? 'latin1' : 'utf8'
}

function isCommon(answer: Answer): boolean {
  return answer.outcome === 'acknowledged' || answer === overloaded
}
