import pino, { type DestinationStream, type Logger } from 'pino'
import pretty from 'pino-pretty'
import { errorFields } from './error-fields.ts'

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

function standardError(): DestinationStream {
  if (!process.stderr.isTTY) return pino.destination(2)
  return pretty({ destination: 2, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', sync: true })
}
