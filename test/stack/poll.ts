import { setTimeout as sleep } from 'node:timers/promises'

/** True as soon as `condition` is, which is asked every 200 ms and at least once; false after `timeoutMs`. What it throws is thrown. */
export async function poll(timeoutMs: number, condition: () => Promise<boolean>): Promise<boolean> {
  const end = Date.now() + timeoutMs
  for (;;) {
    if (await condition()) return true
    if (Date.now() >= end) return false
    await sleep(200)
  }
}
