import type { Logger } from 'pino'

const lineChars = 500
const linesAMinute = 100
const minuteMs = 60_000

/**
 * Puts what a process prints, given in pieces, into the log line by line: the first 500 characters of each, 100 lines a minute at most.
 * One more line says that there were more; those are dropped. Keeps nothing in memory: a line in two pieces becomes two.
 */
export function logPrinted(
  logger: Logger,
  now: () => number = performance.now.bind(performance),
): (text: string) => void {
  let sinceMs = now()
  let lines = 0

  return text => {
    if (now() - sinceMs >= minuteMs) {
      sinceMs = now()
      lines = 0
    }
    for (const line of text.split(/[\r\n]+/, linesAMinute + 2)) {
      if (line === '') continue
      lines++
      if (lines <= linesAMinute) logger.warn({ line: line.slice(0, lineChars) }, 'dashboard worker printed')
      if (lines === linesAMinute + 1) logger.warn('dashboard worker prints more than is logged')
    }
  }
}
