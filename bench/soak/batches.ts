import type { Random } from '../../test/fuzz/random.ts'

/** One page that somebody has open. */
export interface Tab {
  id: string
  /** Number of its next event. */
  next: number
}

export interface SealedBatch {
  body: string
  /** Ids of the events that the collector has to take. */
  good: string[]
  /** Positions of those that it has to refuse, rising. */
  bad: number[]
}

const mostEvents = 10
/** One event in so many is none that the collector takes. */
const badOnceIn = 50

/** Seals 1 to 10 events of a tab, as the SDK would, some of them such as no SDK sends. Counts the tab on. */
export function sealBatch(tab: Tab, random: Random): SealedBatch {
  const first = tab.next
  const events = Array.from({ length: 1 + random.below(mostEvents) }, (_, position) => ({
    position,
    bad: random.once(badOnceIn),
    size: random.below(1_280),
  }))
  tab.next += events.length
  return {
    body: JSON.stringify({
      site: 'soak',
      tab: tab.id,
      n: first,
      action: 'color_click',
      page: { url: `https://shop.example/colors?x=${first}`, title: 'Colors', language: 'ko' },
      events: events.map(({ bad, size }) => ({
        ago: size,
        properties: { color: random.pick(['red', 'green', 'blue']), size: bad ? { nested: size } : size },
      })),
    }),
    good: events.filter(({ bad }) => !bad).map(({ position }) => `${tab.id}-${first + position}`),
    bad: events.filter(({ bad }) => bad).map(({ position }) => position),
  }
}
