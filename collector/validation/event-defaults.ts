import { limits } from '../../sdk/event.ts'
import { Invalid, isAbsent, isObject, requiredText } from './field.ts'

/** What the events of a batch have where they leave it out (CONTRACT 1). */
export interface EventDefaults {
  /** Whether events are numbered by the sender. */
  hasTab: boolean
  /** Number of the event at index 0; only with a tab. */
  n: number | undefined
  /** As it was sent: what is wrong with it is the fault of the events that rely on it. */
  action: unknown
}

/**
 * The defaults in an envelope of `count` events. Throws {@link Invalid} for a number without a tab, for one that is not
 * whole, below 1 or would bring the last event beyond 2^53 − 1.
 */
export function defaultsOf(
  envelope: Record<string, unknown>,
  { hasTab, count }: { hasTab: boolean; count: number },
): EventDefaults {
  const { n, action } = envelope
  const first = isAbsent(n) ? undefined : checkedNumber(n, hasTab)
  if (first !== undefined && !isNumber(first + (count - 1))) {
    throw new Invalid('n', `is too large: the last of ${count} events would have a number beyond 2^53 − 1`)
  }
  return { hasTab, n: first, action }
}

/** The number of the event at `index`: undefined if and only if the batch has no tab. Throws {@link Invalid}. */
export function numberOf(sent: unknown, index: number, { hasTab, n }: EventDefaults): number | undefined {
  if (!isAbsent(sent)) return checkedNumber(sent, hasTab)
  if (!hasTab) return undefined
  if (n === undefined) throw new Invalid('n', 'is missing: with a tab, the batch or each event carries a number')
  return n + index
}

/** The action of an event, its own or the batch's. Throws {@link Invalid} where there is none, or it can't be taken. */
export function actionOf(sent: unknown, { action }: EventDefaults): string {
  return requiredText(isAbsent(sent) ? action : sent, 'action', limits.nameChars)
}

/** The number by which the sender may know an event that is refused, whatever is wrong with it. */
export function toldNumber(event: unknown, index: number, { n }: EventDefaults): number | undefined {
  const sent = isObject(event) ? event['n'] : undefined
  if (isAbsent(sent)) return n === undefined ? undefined : n + index
  return typeof sent === 'number' && Number.isSafeInteger(sent) ? sent : undefined
}

function checkedNumber(sent: unknown, hasTab: boolean): number {
  if (!hasTab) throw new Invalid('n', 'stands without a tab: send both, or neither')
  if (!isNumber(sent)) throw new Invalid('n', 'must be a whole number from 1 to 2^53 − 1')
  return sent
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1
}
