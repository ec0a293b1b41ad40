import pino, { type Logger } from 'pino'
import pretty from 'pino-pretty'

/** Logs to standard error: one JSON object a line, or for people where that is a terminal. */
export function createLog(level: string): Logger {
  if (!process.stderr.isTTY) return pino({ level }, pino.destination(2))
  return pino({ level }, pretty({ destination: 2, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', sync: true }))
}
