import { type EventRecord, encodeRecord } from '../../topic/record.ts'
import type { LogRecord } from '../../topic/topic.ts'

const browsers = ['Chrome', 'Safari', 'Firefox', 'Edge', 'Samsung Internet']
const systems = ['Windows', 'macOS', 'Android', 'iOS', 'Linux']
const titles = ['Red shoes', 'Blue shirts', '큰 우산', 'Hats', 'Winter coats', 'Gloves & scarves']
/** Records that differ in all but shape; the ids of their copies are written over. */
const variants = 4_096
const counterDigits = 11

/** Digits that look random and are the same in every run. */
function digits(n: number, length: number): string {
  return Math.abs(Math.sin(n + 1) * 1e15)
    .toString(36)
    .replace('.', '')
    .padStart(length, '0')
    .slice(0, length)
}

function variant(n: number): EventRecord {
  const pick = <T>(list: readonly T[], by: number) => list[Math.floor(n / by) % list.length] ?? list[0]
  const time = new Date(Date.UTC(2026, 10, 21) + n * 977).toISOString()
  const tab = `0mwpt1nbc${digits(n, 8)}`
  const page = `/products/${digits(n % 700, 6)}`
  const version = `1${n % 47}.0.${n % 7_919}.${n % 211}`
  const browser = pick(browsers, 3) ?? ''
  return {
    '@timestamp': time,
    event: {
      id: `${tab}${'0'.repeat(counterDigits)}-7`,
      action: 'color_click',
      sequence: (n % 900) + 1,
      created: time,
    },
    site: 'example',
    tab: { id: `${tab}${digits(n + 7, 11)}` },
    session: { id: digits(n % 1_500, 16) },
    user: { id: digits(n % 1_100, 20) },
    url: {
      full: `https://shop.example.com${page}?ref=${digits(n * 3, 9)}&c=${n % 97}`,
      domain: 'shop.example.com',
      path: page,
    },
    page: {
      title: `${pick(titles, 1)} ${digits(n % 700, 6)} | Example Shop`,
      language: n % 3 === 0 ? 'ko-KR' : 'en-US',
    },
    http: { request: { referrer: `https://www.google.com/search?q=${digits(n * 5, 12)}` } },
    client: { ip: `203.0.${n % 256}.0` },
    user_agent: {
      original: `Mozilla/5.0 (${pick(systems, 5)}; x64) AppleWebKit/537.36 (KHTML, like Gecko) ${browser}/${version} Safari/537.36`,
      name: browser,
      version,
      os: { name: pick(systems, 5) ?? '', version: String(n % 17) },
      device: { type: n % 2 === 0 ? 'desktop' : 'mobile' },
      bot: false,
    },
    properties: { color: digits(n % 40, 6), position: n % 13, price: (n % 9_000) / 100, first: n % 5 === 0 },
  }
}

const templates = Array.from({ length: variants }, (_, n) => encodeRecord(variant(n)))
const counterAt = templates.map(value => value.indexOf('0'.repeat(counterDigits)))

/** Bytes of a record's value, on average. */
export const recordBytes = templates.reduce((sum, value) => sum + value.length, 0) / variants

/** `count` records of a partition from an offset on, each an event of its own, in one buffer as a fetch brings them. */
export function makeRecords(partition: number, from: number, count: number, timestampMs: number): LogRecord[] {
  const of = (offset: number) => (offset * 48 + partition) % variants
  let length = 0
  for (let offset = from; offset < from + count; offset++) length += templates[of(offset)]?.length ?? 0
  const block = Buffer.allocUnsafeSlow(length)
  let at = 0
  return Array.from({ length: count }, (_, index) => {
    const offset = from + index
    const template = templates[of(offset)] ?? Buffer.alloc(0)
    template.copy(block, at)
    block.write(
      String(offset * 100 + partition).padStart(counterDigits, '0'),
      at + (counterAt[of(offset)] ?? 0),
      'latin1',
    )
    at += template.length
    return { value: block.subarray(at - template.length, at), offset, timestampMs }
  })
}
