import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type EventRecord, encodeRecord, type KafkaPosition, landedText } from '../../topic/record.ts'

/** What a test wants to say about one landed event; the rest is made up, the same for the same `offset`. */
export interface LandedEvent {
  timeMs?: number
  action?: string
  path?: string
  browser?: string
  title?: string
  user?: { id?: string; name?: string }
  properties?: NonNullable<EventRecord['properties']>
  partition?: number
  offset?: number
  skipped?: number
}

const baseMs = Date.UTC(2026, 10, 21, 2, 30)

/** The record of an event as the collector would have written it. */
export function landedRecord(event: LandedEvent = {}): EventRecord {
  const offset = event.offset ?? 0
  const time = new Date(event.timeMs ?? baseMs + offset * 1000).toISOString()
  const tab = `0mwpt1nbc${Math.floor(offset / 10)
    .toString(36)
    .padStart(11, '0')}`
  return {
    '@timestamp': time,
    event: {
      id: `${tab}-${(offset % 10) + 1}`,
      action: event.action ?? 'page_view',
      sequence: (offset % 10) + 1,
      created: time,
    },
    site: 'example',
    tab: { id: tab },
    user: event.user ?? { id: `visitor${Math.floor(offset / 20)}` },
    url: { full: `https://shop.example${event.path ?? '/'}`, domain: 'shop.example', path: event.path ?? '/' },
    page: { title: event.title ?? 'Colors', language: 'ko' },
    user_agent: {
      original:
        'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36',
      name: event.browser ?? 'Chrome',
      version: '147.0.0.0',
      os: { name: 'Windows', version: '10' },
      bot: false,
    },
    ...(event.properties ? { properties: event.properties } : {}),
  }
}

/** The landed line of an event, without its newline. */
export function landedLine(event: LandedEvent = {}): string {
  const kafka: KafkaPosition = { topic: 'clicktrail', partition: event.partition ?? 0, offset: event.offset ?? 0 }
  if (event.skipped !== undefined) kafka.skipped = event.skipped
  return landedText(encodeRecord(landedRecord(event)).toString(), kafka)
}

export interface LandedFolder {
  /** What the dashboard calls `eventsDir`. */
  dir: string
  /** Writes lines (or whole events, numbered on from the last one) as one landed file and returns its name below `dir`. */
  land(
    events: readonly (LandedEvent | string)[],
    options?: { dt?: string; hr?: string; plain?: boolean; partition?: number },
  ): Promise<string>
  /** Writes any bytes under a name below `dir`. */
  put(name: string, content: string | Uint8Array): Promise<void>
  remove(): Promise<void>
}

/** A temporary folder of landed files, laid out and named as the HDFS sink does it: gzip with the last line as a member of its own. */
export async function landedFolder(): Promise<LandedFolder> {
  const root = await mkdtemp(join(tmpdir(), 'clicktrail-landed-'))
  const dir = join(root, 'events')
  const next = new Map<number, number>()

  async function put(name: string, content: string | Uint8Array): Promise<void> {
    await mkdir(dirname(join(dir, name)), { recursive: true })
    await writeFile(join(dir, name), content)
  }

  return {
    dir,
    put,
    async land(events, { dt = '2026-11-21', hr = '02', plain = false, partition = 0 } = {}) {
      const first = next.get(partition) ?? 0
      let offset = first
      const lines = events.map(event => {
        if (typeof event === 'string') return event
        offset = event.offset ?? offset
        const line = landedLine({ partition, ...event, offset })
        offset += 1
        return line
      })
      next.set(partition, Math.max(offset, first + 1))
      const name = `dt=${dt}/hr=${hr}/events-p${String(partition).padStart(2, '0')}-${String(first).padStart(20, '0')}.json${plain ? '' : '.gz'}`
      const head = lines.slice(0, -1).map(line => `${line}\n`)
      const last = `${lines.at(-1)}\n`
      await put(name, plain ? head.join('') + last : Buffer.concat([gzipSync(head.join('')), gzipSync(last)]))
      return name
    },
    remove: () => rm(root, { recursive: true, force: true }),
  }
}
