import type { Batch, PropertyValue } from '../../sdk/event.ts'
import { limits } from '../../sdk/event.ts'

/** One request of the corpus, as the load generator reads it. */
export interface Sample {
  UserAgent: string
  Language: string
  Origin: string
  Events: number
  /** The JSON of a batch. The load generator overwrites the end of `tab` and `n`, in place. */
  Body: string
}

const userAgents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15',
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
]
const languages = ['ko-KR,ko;q=0.9,en-US;q=0.8', 'en-US,en;q=0.9', 'de-DE,de;q=0.9,en;q=0.7']
const colors = ['red', 'green', 'blue', 'orange', 'violet']
const pages = ['red-shoes', 'blue-shirts', 'hats', 'umbrellas', 'coats', 'gloves', 'scarves']

export interface CorpusOptions {
  /** Events in each body. */
  events: number
  /** @default 700 */
  bodies?: number
  /** Characters of text that each event carries on top of its two properties. @default 0 */
  padding?: number
}

/** Bodies as the SDK seals them: an envelope with the page and the last action, events with their age and two properties. */
export function corpus({ events, bodies = 700, padding = 0 }: CorpusOptions): Sample[] {
  return Array.from({ length: bodies }, (_, i) => {
    const origin = `https://${i % 2 === 0 ? 'shop' : 'www'}.example.com`
    const page = pick(pages, i)
    const batch: Batch = {
      site: 'example',
      // nine characters of time, then eleven that tell tabs apart
      tab: `0mwpt1nbc${(i + 36 ** 4).toString(36).slice(-4)}0000000`,
      n: 101,
      page: {
        url: `${origin}/products/${page}?ref=mail${i % 97}`,
        referrer: i % 3 === 0 ? 'https://www.google.com/' : `${origin}/`,
        title: `${page.replace('-', ' ')} | Example Shop`,
      },
      action: 'color_click',
      events: Array.from({ length: events }, (_, k) => ({
        ago: (events - k) * 410 + i,
        properties: properties(i + k, padding),
      })),
    }
    return {
      UserAgent: pick(userAgents, i),
      Language: pick(languages, i),
      Origin: origin,
      Events: events,
      Body: JSON.stringify(batch),
    }
  })
}

function properties(seed: number, padding: number): Record<string, PropertyValue> {
  const two = { color: pick(colors, seed), position: seed % 40 }
  if (padding === 0) return two
  const texts = Math.ceil(padding / limits.valueChars)
  const length = Math.floor(padding / texts)
  return { ...two, ...Object.fromEntries(Array.from({ length: texts }, (_, i) => [`text_${i}`, 'x'.repeat(length)])) }
}

function pick(from: readonly string[], index: number): string {
  return from[index % from.length] ?? ''
}
