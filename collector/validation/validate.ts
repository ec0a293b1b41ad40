import { isUtf8 } from 'node:buffer'
import { limits, type Rejection, tabPattern } from '../../sdk/event.ts'
import { defaultsOf, toldNumber } from './event-defaults.ts'
import { Invalid, isObject, kindOf, optionalText, repairedText, requiredText } from './field.ts'
import { type ValidEvent, type ValidPage, validateEvent, validatePage } from './validate-event.ts'

/** Where the fault of a refused event lies: the closed set of the metric's label. */
export const rejectionCauses = ['event', 'n', 'ago', 'action', 'page', 'properties', 'size'] as const
export type RejectionCause = (typeof rejectionCauses)[number]

export interface CausedRejection extends Rejection {
  cause: RejectionCause
}

/** A request that was checked: what it may keep, event by event. */
export interface ValidBatch {
  site: string
  tab: string | undefined
  page: ValidPage | undefined
  visitor: string | undefined
  session: string | undefined
  user: string | undefined
  events: ValidEvent[]
}

export type Validated =
  | { ok: true; batch: ValidBatch; rejected: CausedRejection[] }
  | { ok: false; refusal: 'bad_request' | 'too_large'; message: string }

/**
 * Reads a request body: strict UTF-8, JSON, CONTRACT 1 with its limits. A fault of the envelope refuses the request as
 * a whole, a fault of an event only that event. Number and action that an event leaves out are those of the envelope, the
 * number counted up by the event's index. What is unknown is ignored, and what is taken is never altered, except odd
 * characters (NUL, half surrogate pairs), which are replaced in `user`, in a page and in properties. In `user` and in a
 * page, moreover, long texts are cut and bad URLs left out, so that only a wrong type refuses. Never throws.
 */
export function validate(body: Buffer): Validated {
  if (body.byteLength > limits.bodyBytes) {
    return tooLarge(`the body has ${body.byteLength} bytes, at most ${limits.bodyBytes} are allowed: send less at once`)
  }
  if (body.byteLength === 0) return badRequest('the body is empty: send {"site":"…","events":[{"action":"…"}]}')
  if (!isUtf8(body)) return badRequest('the body is not UTF-8: send JSON encoded as UTF-8')
  try {
    return validateEnvelope(JSON.parse(body.toString()))
  } catch (error) {
    if (error instanceof SyntaxError) return badRequest(`the body is not JSON: ${error.message}`)
    if (error instanceof Invalid) return badRequest(error.message)
    throw error
  }
}

function validateEnvelope(value: unknown): Validated {
  if (!isObject(value)) return badRequest(`the body is ${kindOf(value)}: send an object with "site" and "events"`)
  const site = requiredText(value['site'], 'site', limits.nameChars)
  const tab = validateTab(value['tab'])
  const events = value['events']
  if (!Array.isArray(events)) return badRequest(`events is ${kindOf(events)}: send an array of events`)
  if (events.length === 0) return badRequest('events is empty: send at least one event')
  if (events.length > limits.batchEvents) {
    return tooLarge(`events has ${events.length} events, at most ${limits.batchEvents} are allowed: send fewer at once`)
  }
  const batch: ValidBatch = {
    site,
    tab,
    page: validatePage(value['page']),
    visitor: optionalText(value['visitor'], 'visitor', limits.nameChars),
    session: optionalText(value['session'], 'session', limits.nameChars),
    user: repairedText(value['user'], 'user', limits.nameChars),
    events: [],
  }
  const defaults = defaultsOf(value, { hasTab: tab !== undefined, count: events.length })
  const rejected: CausedRejection[] = []
  for (let index = 0; index < events.length; index++) {
    const event: unknown = events[index]
    try {
      batch.events.push(validateEvent(event, index, defaults))
    } catch (error) {
      if (!(error instanceof Invalid)) throw error
      rejected.push(rejection(error, index, toldNumber(event, index, defaults)))
    }
  }
  return { ok: true, batch, rejected }
}

function validateTab(value: unknown): string | undefined {
  const tab = optionalText(value, 'tab', limits.nameChars)
  if (tab !== undefined && !tabPattern.test(tab)) {
    throw new Invalid(
      'tab',
      `does not match ${tabPattern.source}: leave it and every n out, and the collector makes both`,
    )
  }
  return tab
}

function rejection(error: Invalid, index: number, n: number | undefined): CausedRejection {
  const cause = rejectionCauses.find(name => error.where.split(/[. ]/, 1)[0] === name) ?? 'event'
  const reason = error.message
  return n === undefined ? { index, reason, cause } : { index, n, reason, cause }
}

function badRequest(message: string): Validated {
  return { ok: false, refusal: 'bad_request', message }
}

function tooLarge(message: string): Validated {
  return { ok: false, refusal: 'too_large', message }
}
