import { setTimeout as wait } from 'node:timers/promises'

/** Polls a condition until it holds; an error that it throws ends the wait. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  { what, timeoutMs = 30_000, everyMs = 50 }: { what: string; timeoutMs?: number; everyMs?: number },
): Promise<void> {
  const deadlineMs = Date.now() + timeoutMs
  while (!(await condition())) {
    if (Date.now() > deadlineMs) throw new Error(`waited ${timeoutMs} ms for ${what}`)
    await wait(everyMs)
  }
}
