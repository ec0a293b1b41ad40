import { setTimeout as wait } from 'node:timers/promises'

/** Polls a condition every 50 ms until it holds or `ms` are over; tells which. */
export async function within(ms: number, condition: () => boolean | Promise<boolean>): Promise<boolean> {
  const deadlineMs = Date.now() + ms
  while (!(await condition())) {
    if (Date.now() >= deadlineMs) return false
    await wait(50)
  }
  return true
}
