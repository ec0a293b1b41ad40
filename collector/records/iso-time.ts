const minuteMs = 60_000

let lastMinute = Number.NaN
let lastText = ''

/** `Date.toISOString` of whole milliseconds from 1970 on, several times faster: times that are asked for mostly lie in the same minute. */
export function isoTime(ms: number): string {
  const minute = Math.floor(ms / minuteMs)
  if (minute !== lastMinute) {
    lastText = new Date(minute * minuteMs).toISOString().slice(0, -'00.000Z'.length)
    lastMinute = minute
  }
  const rest = ms - minute * minuteMs
  const seconds = Math.floor(rest / 1_000)
  const millis = rest - seconds * 1_000
  return `${lastText}${seconds < 10 ? '0' : ''}${seconds}.${millis < 10 ? '00' : millis < 100 ? '0' : ''}${millis}Z`
}
