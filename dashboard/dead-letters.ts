import type { LetterRow, LettersAnswer } from './answers.ts'

export interface DeadLetters {
  /** What is on the dead-letter topic; at most `maxAgeMs` old. Rejects when it can't be read. */
  read(nowMs: number): Promise<LettersAnswer>
}

/**
 * Asks `survey` no more often than needed, and never twice at a time: it reads the topic from end to end. Without a
 * `survey` it answers that there is none.
 */
export function createDeadLetters(survey: (() => Promise<LetterRow[]>) | undefined, maxAgeMs = 10_000): DeadLetters {
  let last: { answer: LettersAnswer; readMs: number } | undefined
  let reading: Promise<LettersAnswer> | undefined

  async function ask(survey: () => Promise<LetterRow[]>, readMs: number): Promise<LettersAnswer> {
    const answer: LettersAnswer = { available: true, rows: await survey(), readMs }
    last = { answer, readMs }
    return answer
  }

  return {
    async read(nowMs) {
      if (survey === undefined) return { available: false }
      if (last && nowMs - last.readMs < maxAgeMs) return last.answer
      reading ??= ask(survey, nowMs).finally(() => {
        reading = undefined
      })
      return reading
    },
  }
}
