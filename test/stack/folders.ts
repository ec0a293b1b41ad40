import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The nearest folder at or above `from` that holds the stack's Java sources: the checkout, for sources and bundle alike. */
function checkoutAbove(from: string): string {
  if (existsSync(join(from, 'test/stack/HiveRun.java'))) return from
  const parent = dirname(from)
  if (parent === from) throw new Error('The stack runs from a checkout only: test/stack/HiveRun.java was not found.')
  return checkoutAbove(parent)
}

const checkout = checkoutAbove(dirname(fileURLToPath(import.meta.url)))

/** The files that the stack brings along: poms and HiveRun.java. */
export const resources = join(checkout, 'test/stack')

/** Jars, configurations, data, logs and pids of the servers. Ignored by git. */
export const stackDir = join(checkout, '.stack')

/** The log of one process, or of a tool. */
export const logFile = (name: string): string => join(stackDir, 'logs', `${name}.log`)

/** A server's own folder: its configuration and its data. */
export const serverDir = (name: string): string => join(stackDir, 'servers', name)

/** What Maven fetched; survives `start --fresh`. */
export const jarsDir = (name: string): string => join(stackDir, 'jars', name)
