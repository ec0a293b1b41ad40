import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { finished } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { hourLengthMs, pathOf } from '../../consumers/hdfs/path.ts'
import { type EventRecord, encodeRecord, landedText } from '../../topic/record.ts'

const partitions = 2
const hours = 30 * 24
/** Between two events of a visit. */
const pauseMs = 4_000
const kinds = ['pencils', 'brushes', 'canvas', 'paper', 'ink', 'chalk', 'easels', 'palettes', 'varnish', 'frames']
const sizes = ['', '-small', '-large', '-set', '-gift', '-refill']
const products = sizes.flatMap(size => kinds.map(kind => `${kind}${size}`))
const sites = {
  shop: ['/', '/shop', '/shop/basket', '/privacy', ...products.map(product => `/shop/${product}`)],
  colors: ['/', '/about', '/palette', ...Array.from({ length: 12 }, (_, n) => `/palette/${n + 1}`)],
} as const
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
 * Writes a month of a shop and a color page as the HDFS writer lands it: `events` rows in 720 hours up to `nowMs`, most of them in the afternoon, two
 * partitions, about ten events a visit and two visits a visitor and day; every third visitor has session ids of the browser.
 * About one visit in fifty lost an event on its way, one in two hundred came late, and one event in five hundred was sent again and skipped.
 */
export async function landMonth(
  eventsDir: string,
  { events, nowMs }: { events: number; nowMs: number },
): Promise<void> {
  const random = randomFrom(8)
  const firstHour = Math.floor(nowMs / hourLengthMs) - hours + 1
  const next = new Array<number>(partitions).fill(0)
  const lengthOf = (hour: number) => Math.min(hourLengthMs, nowMs - (firstHour + hour) * hourLengthMs)
  const shares = Array.from({ length: hours }, (_, hour) => liveliness(firstHour + hour, random) * lengthOf(hour))
  const all = shares.reduce((sum, share) => sum + share, 0)
  let written = 0
  let shared = 0
  for (let hour = 0; hour < hours; hour++) {
    shared += shares[hour] ?? 0
    const until = Math.round((events * shared) / all)
    const hourMs = (firstHour + hour) * hourLengthMs
    const lengthMs = lengthOf(hour)
    const lines: string[][] = Array.from({ length: partitions }, () => [])
    const starts = [...next]
    while (written < until) {
      const partition = Math.floor(random() * partitions)
      const length = Math.min(until - written, 1 + Math.floor(random() * 19))
      const timeMs = Math.min(hourMs + random() * lengthMs, nowMs - length * pauseMs)
      for (const record of visitOf(random, { timeMs, length, nowMs })) {
        const again = random() < 0.002 ? { skipped: 1 } : {}
        const offset = (next[partition] ?? 0) + (again.skipped ?? 0)
        next[partition] = offset + 1
        const position = { topic: 'clicktrail', partition, offset, ...again }
        lines[partition]?.push(landedText(encodeRecord(record).toString(), position))
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

/** How much is going on in an hour since 1970, UTC: from 0.3 before dawn to about 1.9 in the afternoon, less on some days than on others. */
function liveliness(hour: number, random: () => number): number {
  const ofDay = 1 - 0.7 * Math.cos(((hour % 24) - 4) * (Math.PI / 12)) ** 3
  return ofDay * (0.85 + 0.3 * random()) * (Math.floor(hour / 24 + 3) % 7 < 2 ? 0.75 : 1)
}

function visitOf(
  random: () => number,
  { timeMs, length, nowMs }: { timeMs: number; length: number; nowMs: number },
): EventRecord[] {
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
  const day = Math.floor(timeMs / hourLengthMs / 24)
  const id = createHash('sha256').update(`${day} ${visitor}`).digest('base64url').slice(0, 22)
  const site = visitor % 4 === 0 ? 'colors' : 'shop'
  const paths = sites[site]
  const [name, os, type] = pick(agents)
  const lost = random() < 0.002 * length ? Math.floor(random() * length) : -1
  const lateMs = random() < 0.005 ? 90_000 + random() * hourLengthMs : 0
  return Array.from({ length }, (_, index): EventRecord => {
    const n = index + 1 + (lost >= 0 && index >= lost ? 1 : 0)
    const clicked = index % 3 === 1
    const bought = index % 7 === 5 && site === 'shop'
    const path = pick(paths)
    const happenedMs = timeMs + index * pauseMs
    const time = new Date(happenedMs).toISOString()
    const created = new Date(Math.min(happenedMs + 300 + lateMs, nowMs)).toISOString()
    return {
      '@timestamp': time,
      event: {
        id: `${tab}-${n}`,
        action: clicked ? 'color_click' : bought ? 'add_to_cart' : 'page_view',
        sequence: n,
        created,
      },
      site,
      tab: { id: tab },
      ...(visitor % 3 === 0 ? { session: { id: `session-${tab}` } } : {}),
      user: { id },
      url: { full: `https://${site}.example${path}`, domain: `${site}.example`, path },
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
      ...(bought ? { properties: { product: pick(products), price: 1 + Math.floor(random() * 50) } } : {}),
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
