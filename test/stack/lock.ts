import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stackDir } from './folders.ts'
import { poll } from './poll.ts'

const waitMs = 600_000

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Takes the lock file. False when a process that is alive holds it. */
function take(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
    return true
  } catch {
    const holder = Number(readFileSync(file, 'utf8'))
    if (holder && !isAlive(holder)) rmSync(file, { force: true })
    return false
  }
}

/**
 * Runs `task` while no other process (nor another call) of this checkout runs one under the same name.
 * Waits for up to ten minutes, then throws; a lock whose holder died is taken over.
 */
export async function withLock<T>(name: string, task: () => Promise<T>): Promise<T> {
  const folder = join(stackDir, 'locks')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, name)
  const taken = await poll(waitMs, async () => {
    try {
      return take(file)
    } catch {
      // released between the two looks at it
      return false
    }
  })
  if (!taken) throw new Error(`Another process works on the stack's ${name}; ${file} names its pid.`)
  try {
    return await task()
  } finally {
    rmSync(file, { force: true })
  }
}
