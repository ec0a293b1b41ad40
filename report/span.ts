/** A stretch of whole minutes, milliseconds since 1970: `fromMs` is in it, `toMs` is not. */
export interface Span {
  fromMs: number
  toMs: number
}

export const minuteMs = 60_000

/** How long a window is; windows begin one minute apart. */
export const windowMinutes = 5

/** How far before a span the earlier events of its tabs are looked for: a tab lives 24 hours. */
export const lookBackMs = 25 * 60 * minuteMs

/** The `minutes` before a moment. */
export function spanUntil(toMs: number, minutes: number): Span {
  return { fromMs: toMs - minutes * minuteMs, toMs }
}

/** Its length in minutes. */
export function minutesOf({ fromMs, toMs }: Span): number {
  return (toMs - fromMs) / minuteMs
}
