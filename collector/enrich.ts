import { limits } from '../sdk/event.ts'
import type { EventRecord } from '../topic/record.ts'
import type { ValidBatch } from './validate.ts'
import type { ValidEvent, ValidPage } from './validate-event.ts'

/** What the collector knows about a request beside its body. */
export interface RequestFacts {
  /** When the request came in, milliseconds since the epoch. */
  receivedMs: number
  /** How long ago the batch was sealed, milliseconds, as the query says. */
  ageMs: number
  /** Used where the batch has no tab: its events are then numbered 1, 2, 3 … */
  newTab: string
  userAgent: EventRecord['user_agent']
  /** Used in each page that has none, and where there is no page. */
  language: string | undefined
  /** A network, already cut. */
  clientIp: string | undefined
  /** Used where the batch has no visitor. */
  pseudonym: string | undefined
}

/**
 * The records of a batch, in its order. Each has only what is known, and only fields that are named here: nothing that
 * the client sends can reach a field that belongs to the server. Each satisfies the record's schema.
 */
export function enrich(batch: ValidBatch, facts: RequestFacts): EventRecord[] {
  const tab = batch.tab ?? facts.newTab
  const created = new Date(facts.receivedMs).toISOString()
  const sealedMs = facts.receivedMs - clampAge(facts.ageMs)
  const userId = batch.visitor ?? facts.pseudonym
  return batch.events.map((event, position) => {
    const n = event.n ?? position + 1
    const record: EventRecord = {
      '@timestamp': new Date(sealedMs - clampAge(event.ago)).toISOString(),
      event: { id: `${tab}-${n}`, action: event.action, sequence: n, created },
      site: batch.site,
      tab: { id: tab },
    }
    if (batch.session !== undefined) record.session = { id: batch.session }
    if (userId !== undefined || batch.user !== undefined) record.user = userOf(userId, batch.user)
    addPage(record, event.page ?? batch.page, facts.language)
    if (facts.userAgent !== undefined) record.user_agent = facts.userAgent
    if (facts.clientIp !== undefined) record.client = { ip: facts.clientIp }
    addProperties(record, event)
    return record
  })
}

/** An age that may be believed: 0 … 8 days, whole milliseconds, 0 for what is no number. */
export function clampAge(ageMs: number): number {
  return Number.isNaN(ageMs) ? 0 : Math.round(Math.min(Math.max(ageMs, 0), limits.ageMs))
}

function userOf(id: string | undefined, name: string | undefined): NonNullable<EventRecord['user']> {
  const user: NonNullable<EventRecord['user']> = {}
  if (id !== undefined) user.id = id
  if (name !== undefined) user.name = name
  return user
}

function addPage(record: EventRecord, page: ValidPage | undefined, fallbackLanguage: string | undefined): void {
  const title = page?.title
  const language = page?.language ?? fallbackLanguage
  if (page?.url !== undefined) record.url = page.url
  if (title !== undefined || language !== undefined) {
    record.page = {}
    if (title !== undefined) record.page.title = title
    if (language !== undefined) record.page.language = language
  }
  if (page?.referrer !== undefined) record.http = { request: { referrer: page.referrer } }
}

function addProperties(record: EventRecord, event: ValidEvent): void {
  if (event.properties !== undefined) record.properties = event.properties
}
