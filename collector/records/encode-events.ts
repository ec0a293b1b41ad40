import { limits } from '../../sdk/event.ts'
import type { EventRecord } from '../../topic/record.ts'
import type { ValidBatch } from '../validation/validate.ts'
import type { ValidPage } from '../validation/validate-event.ts'
import { isoTime } from './iso-time.ts'
import type { UserAgentText } from './user-agent.ts'

/** What the collector knows about a request beside its body. */
export interface RequestFacts {
  /** When the request came in, milliseconds since the epoch. */
  receivedMs: number
  /** How long ago the batch was sealed, milliseconds, as the query says. */
  ageMs: number
  /** Used where the batch has no tab: its events are then numbered 1, 2, 3 … */
  newTab: string
  userAgent: UserAgentText | undefined
  /** Used in each page that has none, and where there is no page. */
  language: string | undefined
  /** A network, already cut. */
  clientIp: string | undefined
  /** Used where the batch has no visitor. */
  pseudonym: string | undefined
}

/** The fields that a batch's events share, unless one brings a page of its own. */
type Shared = Pick<EventRecord, 'site' | 'tab' | 'session' | 'user' | 'url' | 'page' | 'http' | 'client'>

/**
 * The records of a batch as bytes (CONTRACT 2), in its order. Each has only what is known, and only fields that are named
 * here: nothing that the client sends can reach a field that belongs to the server. Each satisfies the record's schema.
 * What the events share becomes text once a batch, not once an event: most of a record is the same for all of them.
 */
export function encodeEvents(batch: ValidBatch, facts: RequestFacts): Buffer[] {
  const tab = batch.tab ?? facts.newTab
  const created = isoTime(facts.receivedMs)
  const sealedMs = facts.receivedMs - clampAge(facts.ageMs)
  const shared = sharedText(batch, batch.page, facts)
  let action = ''
  let actionText = ''
  return batch.events.map((event, position) => {
    if (event.action !== action) {
      action = event.action
      actionText = JSON.stringify(action)
    }
    const n = event.n ?? position + 1
    const time = isoTime(sealedMs - clampAge(event.ago))
    const own = event.page === undefined ? shared : sharedText(batch, event.page, facts)
    const { properties } = event
    const end = properties === undefined ? '}' : `,"properties":${JSON.stringify(properties)}}`
    return Buffer.from(
      // A tab is made of digits and letters: it needs no escape.
      `{"@timestamp":"${time}","event":{"id":"${tab}-${n}","action":${actionText},"sequence":${n},"created":"${created}"},${own}${end}`,
    )
  })
}

/** An age that may be believed: 0 … 8 days, whole milliseconds, 0 for what is no number. */
export function clampAge(ageMs: number): number {
  return Number.isNaN(ageMs) ? 0 : Math.round(Math.min(Math.max(ageMs, 0), limits.ageMs))
}

/** The members of a record that are not the event's own, without the braces around them. */
function sharedText(batch: ValidBatch, page: ValidPage | undefined, facts: RequestFacts): string {
  const shared: Shared = { site: batch.site, tab: { id: batch.tab ?? facts.newTab } }
  const userId = batch.visitor ?? facts.pseudonym
  if (batch.session !== undefined) shared.session = { id: batch.session }
  if (userId !== undefined || batch.user !== undefined) shared.user = userOf(userId, batch.user)
  addPage(shared, page, facts.language)
  if (facts.clientIp !== undefined) shared.client = { ip: facts.clientIp }
  const text = JSON.stringify(shared).slice(1, -1)
  return facts.userAgent === undefined ? text : `${text},"user_agent":${facts.userAgent}`
}

function userOf(id: string | undefined, name: string | undefined): NonNullable<EventRecord['user']> {
  const user: NonNullable<EventRecord['user']> = {}
  if (id !== undefined) user.id = id
  if (name !== undefined) user.name = name
  return user
}

function addPage(shared: Shared, page: ValidPage | undefined, fallbackLanguage: string | undefined): void {
  const title = page?.title
  const language = page?.language ?? fallbackLanguage
  if (page?.url !== undefined) shared.url = page.url
  if (title !== undefined || language !== undefined) {
    shared.page = {}
    if (title !== undefined) shared.page.title = title
    if (language !== undefined) shared.page.language = language
  }
  if (page?.referrer !== undefined) shared.http = { request: { referrer: page.referrer } }
}
