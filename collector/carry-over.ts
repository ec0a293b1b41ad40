import { limits } from '../sdk/event.ts'
import { isAbsent, isStorable } from './field.ts'

/** What the events of a batch take over from those before them where they leave it out (CONTRACT 1). */
export interface CarriedOver {
  /** Of the event at hand; undefined where it can't be known. */
  n: number | undefined
  /** The last one that could be read, up to the event at hand. */
  action: string | undefined
}

/**
 * The number of an event after one with the number `before`: its own, or one more where it sends none. Undefined where
 * neither gives a whole number from 1 to 2^53 − 1: from there on every event needs its own again.
 */
export function numberAfter(before: number | undefined, sent: unknown): number | undefined {
  const n = isAbsent(sent) && before !== undefined ? before + 1 : sent
  return typeof n === 'number' && Number.isSafeInteger(n) && n >= 1 ? n : undefined
}

/** The action that holds from this event on: its own where that can be taken, else `before`. */
export function actionAfter(before: string | undefined, sent: unknown): string | undefined {
  if (sent === before || typeof sent !== 'string') return before
  return sent !== '' && sent.length <= limits.nameChars && isStorable(sent) ? sent : before
}
