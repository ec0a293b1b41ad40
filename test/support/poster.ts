import { setTimeout as wait } from 'node:timers/promises'

/** What was acknowledged: ids of events that a 2xx covered. */
export interface Posted {
  acknowledged: Set<string>
  refused: number
}

/** A tab id as the SDK makes it, telling by its number. */
export function tabId(number: number): string {
  return `${Date.now().toString(36).padStart(9, '0')}${number.toString(36).padStart(8, '0')}`
}

export function batchOf(tab: string, first: number, count: number): string {
  const events = Array.from({ length: count }, (_, index) => ({
    ago: 5,
    properties: { color: ['red', 'green', 'blue'][index % 3], size: index },
  }))
  return JSON.stringify({
    site: 'load',
    tab,
    n: first,
    action: 'color_click',
    user: 'ada',
    page: { url: 'https://shop.example/colors?x=1', title: 'Colors' },
    events,
  })
}

/**
 * Posts a batch until it is acknowledged, byte for byte the same each time, as the SDK does; gives up only when `giveUp` says so.
 * Resolves with whether it was acknowledged.
 */
export async function postUntilAcknowledged(
  url: string,
  body: string,
  giveUp: () => boolean = () => false,
): Promise<boolean> {
  for (;;) {
    try {
      const response = await fetch(`${url}/v1/events`, {
        method: 'POST',
        headers: { 'content-type': 'text/plain' },
        body,
      })
      await response.text()
      if (response.ok) return true
      if (response.status < 500 && response.status !== 429) throw new TypeError(`answered ${response.status}`)
    } catch (error) {
      if (error instanceof TypeError && error.message.startsWith('answered')) throw error
    }
    if (giveUp()) return false
    await wait(100)
  }
}
