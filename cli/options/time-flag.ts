import { InvalidArgumentError } from 'commander'

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** Milliseconds of a span such as `30s`, `10m`, `2h`, `7d`; throws commander's error. */
export function spanMs(value: string): number {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(value) ?? []
  if (count !== undefined && (unit === 's' || unit === 'm' || unit === 'h' || unit === 'd'))
    return Number(count) * unitMs[unit]
  throw new InvalidArgumentError('It must be a number with s, m, h or d, such as 10m.')
}

/** Milliseconds since 1970 of a day (its beginning, UTC), of a time with its zone, or of a span before now; throws commander's error. */
export function timeOf(value: string): number {
  if (/^\d+[smhd]$/.test(value)) return Date.now() - spanMs(value)
  const timeMs = /^\d{4}-\d\d-\d\d(T.*(Z|[+-]\d\d:\d\d))?$/.test(value) ? Date.parse(value) : Number.NaN
  if (!Number.isNaN(timeMs)) return timeMs
  throw new InvalidArgumentError(
    'It must be a day (UTC), a time with its zone such as 2026-11-21T08:00Z, or a span before now, such as 2h.',
  )
}
