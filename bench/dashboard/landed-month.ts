import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { finished } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { folderOf, hourLengthMs, pathOf } from '../../consumers/hdfs/path.ts'
import { type EventRecord, encodeRecord, landedText } from '../../topic/record.ts'

const partitions = 2
const hours = 30 * 24
const paths = ['/', '/shop', '/privacy', ...Array.from({ length: 60 }, (_, n) => `/shop/product-${n}`)]
const colors = ['red', 'orange', 'yellow', 'green', 'teal', 'blue', 'purple']
const agents = [
  ['Chrome', 'Windows', undefined],
  ['Mobile Safari', 'iOS', 'mobile'],
  ['Chrome', 'Android', 'mobile'],
  ['Safari', 'macOS', undefined],
  ['Firefox', 'Linux', undefined],
  ['Edge', 'Windows', undefined],
  ['Mobile Safari', 'iOS', 'tablet'],
] as const

/** Numbers from 0 to below 1 that are the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/**
 * Writes a month of a color page and its shop as the HDFS writer lands it: `events` rows in 720 hours up to `nowMs`, two
 * partitions, about ten events a visit and two visits a visitor and day; every third visitor has session ids of the browser.
 * About one visit in fifty lost an event on its way.
 */
export async function landMonth(
  eventsDir: string,
  { events, nowMs }: { events: number; nowMs: number },
): Promise<void> {
  const random = randomFrom(8)
  const firstHour = Math.floor(nowMs / hourLengthMs) - hours + 1
  const next = new Array<number>(partitions).fill(0)
  let written = 0
  for (let hour = 0; hour < hours; hour++) {
    const until = Math.round((events * (hour + 1)) / hours)
    const hourMs = (firstHour + hour) * hourLengthMs
    const lengthMs = Math.min(hourLengthMs, nowMs - hourMs)
    const lines: string[][] = Array.from({ length: partitions }, () => [])
    const starts = [...next]
    while (written < until) {
      const partition = Math.floor(random() * partitions)
      for (const record of visitOf(
        random,
        hourMs + random() * lengthMs,
        Math.min(until - written, 1 + Math.floor(random() * 19)),
      )) {
        const offset = next[partition] ?? 0
        next[partition] = offset + 1
        lines[partition]?.push(landedText(encodeRecord(record).toString(), { topic: 'clicktrail', partition, offset }))
        written += 1
      }
    }
    for (const [partition, text] of lines.entries()) {
      if (text.length === 0) continue
      const start = starts[partition] ?? 0
      await writeGzip(join(eventsDir, pathOf({ hourMs, generation: 1, partition, start, format: 'json.gz' })), text)
    }
  }
}

function visitOf(random: () => number, timeMs: number, length: number): EventRecord[] {
  const pick = <T>(list: readonly [T, ...T[]] | readonly T[]): T => {
    const found = list[Math.floor(random() ** 2 * list.length)]
    if (found === undefined) throw new Error('an empty list')
    return found
  }
  const text = () =>
    Math.floor(random() * 36 ** 10)
      .toString(36)
      .padStart(11, '0')
  const tab = `${Math.floor(timeMs).toString(36).padStart(9, '0')}${text()}`
  const visitor = Math.floor(random() * 2_000)
  const id = `${folderOf(Math.floor(timeMs / hourLengthMs) * hourLengthMs).slice(3, 13)}-${visitor}-pseudonym`
  const [name, os, type] = pick(agents)
  const lost = random() < 0.002 * length ? Math.floor(random() * length) : -1
  return Array.from({ length }, (_, index): EventRecord => {
    const n = index + 1 + (lost >= 0 && index >= lost ? 1 : 0)
    const clicked = index % 3 === 1
    const path = pick(paths)
    const time = new Date(timeMs + index * 4_000).toISOString()
    return {
      '@timestamp': time,
      event: {
        id: `${tab}-${n}`,
        action: clicked ? 'color_click' : index % 7 === 5 ? 'add_to_cart' : 'page_view',
        sequence: n,
        created: time,
      },
      site: 'example',
      tab: { id: tab },
      ...(visitor % 3 === 0 ? { session: { id: `session-${tab}` } } : {}),
      user: { id },
      url: { full: `https://shop.example${path}`, domain: 'shop.example', path },
      page: { title: `Page ${path}`, language: visitor % 5 === 0 ? 'ko' : 'en' },
      ...(index === 0 ? { http: { request: { referrer: 'https://search.example/' } } } : {}),
      user_agent: {
        name,
        version: '147.0.0.0',
        os: { name: os, version: '10' },
        ...(type ? { device: { type } } : {}),
        bot: visitor % 97 === 0,
      },
      ...(clicked ? { properties: { color: pick(colors), x: Math.floor(random() * 1_000) } } : {}),
      ...(index % 7 === 5 ? { properties: { product: path, price: 1 + Math.floor(random() * 50) } } : {}),
    }
  })
}

async function writeGzip(path: string, lines: readonly string[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const file = createWriteStream(path)
  const gzip = createGzip({ level: 1 })
  gzip.pipe(file)
  gzip.end(`${lines.join('\n')}\n`)
  await finished(file)
}
