import { spawn } from 'node:child_process'

export interface CommandResult {
  /** It ended by itself with exit code 0. */
  ok: boolean
  /** Why not, or empty: the exit code, the signal, the time-out, or that it could not be started. */
  reason: string
  /** The end of what it printed, at most 2,000 characters. */
  output: string
}

const shownChars = 2_000

/**
 * Runs a program without a shell: its arguments are what they are. It is killed, with all that it started, after
 * `timeoutMs` or when `signal` aborts. Never rejects.
 */
export function runCommand(
  [program = '', ...args]: readonly string[],
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<CommandResult> {
  const run = new Promise<CommandResult>(resolve => {
    if (signal.aborted) return resolve({ ok: false, reason: 'stopped', output: '' })
    // A group of its own, so that what a script starts can be ended with it, and Ctrl-C is not for it.
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    child.on('error', error => end(false, error.message))
    let output = ''
    const keep = (text: string) => {
      output = (output + text).slice(-shownChars)
    }
    child.stdout.setEncoding('utf8').on('data', keep)
    child.stderr.setEncoding('utf8').on('data', keep)

    const end = (ok: boolean, reason: string) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      resolve({ ok, reason, output: output.trim() })
    }
    const kill = (reason: string) => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      } catch {
        // The group is gone already: https://man7.org/linux/man-pages/man2/kill.2.html, ESRCH.
      }
      child.stdout.destroy()
      child.stderr.destroy()
      end(false, reason)
    }
    const stop = () => kill('stopped')
    const timer = setTimeout(() => kill(`not done after ${timeoutMs} ms`), timeoutMs)
    signal.addEventListener('abort', stop)
    child.on('close', (code, by) => end(code === 0, code === 0 ? '' : (by ?? `exit code ${code}`)))
  })
  return run.catch(error => ({ ok: false, reason: `not started: ${error}`, output: '' }))
}
