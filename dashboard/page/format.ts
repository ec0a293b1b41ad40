const count = new Intl.NumberFormat('en')
const number = new Intl.NumberFormat('en', { maximumFractionDigits: 2 })
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const seconds = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })

export const countText = (value: number): string => count.format(value)
export const numberText = (value: number): string => number.format(value)

/** `1 row`, `2,000 rows`. */
export function amountText(value: number, one: string, many = `${one}s`): string {
  return `${countText(value)} ${value === 1 ? one : many}`
}

/** A time of today as a clock, else with its day; in the viewer's time zone. */
export function timeText(timeMs: number, nowMs: number, withSeconds = false): string {
  const today = new Date(timeMs).toDateString() === new Date(nowMs).toDateString()
  if (!today) return day.format(timeMs)
  return (withSeconds ? seconds : clock).format(timeMs)
}

/** `just now`, `12 s ago`, `5 min ago`, `3 h ago`, `2 d ago`. */
export function agoText(ageMs: number): string {
  const age = Math.max(0, Math.round(ageMs / 1000))
  if (age < 2) return 'just now'
  if (age < 90) return `${age} s ago`
  if (age < 5_400) return `${Math.round(age / 60)} min ago`
  if (age < 129_600) return `${Math.round(age / 3_600)} h ago`
  return `${Math.round(age / 86_400)} d ago`
}

/** How long a bucket is: `minute`, `15 minutes`, `hour`, `6 hours`, `day`, `3 days`. */
export function lengthText(lengthMs: number): string {
  const units = [
    [86_400_000, 'day'],
    [3_600_000, 'hour'],
    [60_000, 'minute'],
  ] as const
  for (const [unitMs, name] of units) {
    if (lengthMs < unitMs) continue
    const many = Math.round((lengthMs / unitMs) * 10) / 10
    return many === 1 ? name : `${many} ${name}s`
  }
  return `${lengthMs} ms`
}
