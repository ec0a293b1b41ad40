import { constants, fstatSync, openSync } from 'node:fs'
import pino, { type DestinationStream, type Logger } from 'pino'
import { prettyFactory } from 'pino-pretty'
import { errorFields } from './error-fields.ts'
import { writeLinesTo } from './standard-error.ts'

/** What a visitor or an operator has trusted us with: never written, whatever a line is given. */
const secretFields = [
  'authorization',
  'cookie',
  'set-cookie',
  'headers',
  'body',
  'password',
  'req',
  'res',
  'request',
  'response',
]

/**
 * Logs to standard error: one JSON object a line, or for people where that is a terminal. Headers, bodies and whole
 * requests are left out wherever they stand in the first two levels of a line's fields; of errors only what says what went wrong is kept.
 * Whoever reads standard error and stops, or goes, holds the process up by 2 s at its exit and never before.
 */
export function createLog(level: string, destination: DestinationStream = standardError()): Logger {
  return pino(
    {
      level,
      redact: { paths: secretFields.flatMap(name => [`["${name}"]`, `*["${name}"]`]), censor: '<redacted>' },
      serializers: { err: errorFields },
    },
    destination,
  )
}

let opened: DestinationStream | undefined

/** One for the process, however many logs it has: each would hold back lines of its own, and write into the other's. */
function standardError(): DestinationStream {
  // asking for process.stderr is also what makes a socket non-blocking, which has no second opening
  opened ??= process.stderr.isTTY
    ? writeLinesTo(openAgain(), prettyFactory({ ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss' }))
    : writeLinesTo(openAgain())
  return opened
}

/** The pipe or the terminal behind fd 2 once more, non-blocking: fd 2 is made to block by any child process that inherits it. */
function openAgain(): number {
  try {
    // a file blocks nobody, and a second opening of it would begin at its start
    if (fstatSync(2).isFile()) return 2
    return openSync('/dev/fd/2', constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  } catch {
    return 2
  }
}
