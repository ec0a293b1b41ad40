import { spawn } from 'node:child_process'
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { finished } from 'node:stream/promises'

/** The end of a text file, or an empty string where there is none. */
export function tailOf(file: string, lines = 20): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n')
  } catch {
    return ''
  }
}

/**
 * Runs a command to its end, with what it prints appended to `log`.
 * Throws with the log's tail and path when it can't be started or its exit code isn't 0.
 */
export async function run(file: string, args: string[], log: string, cwd?: string): Promise<void> {
  mkdirSync(dirname(log), { recursive: true })
  const output = createWriteStream(log, { flags: 'a' })
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], ...(cwd && { cwd }) })
  child.stdout.pipe(output, { end: false })
  child.stderr.pipe(output, { end: false })
  const outcome = await new Promise<string | undefined>(resolve => {
    child.on('error', error => resolve(error.message))
    child.on('close', (code, signal) => resolve(code === 0 ? undefined : `exit ${code ?? signal}`))
  })
  output.end()
  await finished(output)
  if (outcome) throw new Error(`${file} failed (${outcome}). The end of ${log}:\n${tailOf(log)}`)
}
