import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { spawnClicktrail } from '../../test/support/clicktrail.ts'

export interface Audited {
  code: number | null
  output: string
  seconds: number
  /** The most that the process had resident, MiB; 0 where nobody can tell. */
  peakMiB: number
}

/** Runs `clicktrail audit` to its end. */
export async function audited(env: Readonly<Record<string, string>>): Promise<Audited> {
  const began = performance.now()
  const running = spawnClicktrail({ args: ['audit'], env })
  let peak = 0
  const look = setInterval(() => {
    peak = Math.max(peak, peakMiB(running.child.pid))
  }, 100)
  await once(running.child, 'close')
  clearInterval(look)
  const seconds = (performance.now() - began) / 1_000
  return { code: running.child.exitCode, output: running.output(), seconds, peakMiB: peak }
}

/** The most that a process had resident so far, MiB; 0 where nobody can tell. */
export function peakMiB(pid: number | undefined): number {
  try {
    const [, kib] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kib ?? 0) / 1_024
  } catch {
    // It has just ended, or this is no Linux.
    return 0
  }
}
