import type { Status } from './api.ts'
import { build } from './build.ts'
import { refusal } from './consent.ts'
import { limits, type PropertyValue } from './event.ts'
import { explain } from './explain.ts'
import { guard } from './guard.ts'
import { newId } from './id.ts'
import { forgetIdentity, identity } from './identity.ts'
import { dropped, reportAction, told } from './losses.ts'
import { idle, options } from './options.ts'
import { undelivered } from './outbox.ts'
import { flat } from './properties.ts'
import { drop, keep } from './storage.ts'
import { referrer, url } from './url.ts'

const tabMaxAgeMs = 86_400_000

/** An event that waits for its batch. */
export interface Queued {
  /** ms since 1970 by the browser's clock. */
  at: number
  action: string
  properties: Record<string, PropertyValue | undefined> | undefined
}

/** Events that wait for their batch, oldest first. */
export const queue: Queued[] = []
/** Made with the first event, and again with the first one that finds an empty queue after 24 hours. */
export let tab = ''
/** The number in its tab of the first event in the queue. */
export let n = 0
/** The name that the visitor was given. */
export let user: string | undefined
let madeAt = 0
let last: string | undefined

/** Adds an event that happened at `at`, ms since 1970: now, if not told otherwise. */
export function push(action: string, given?: object, at: number = Date.now()): void {
  const properties = given && ({ ...given } as Queued['properties'])
  for (const name in properties) properties[name] = flat(properties[name])
  if (!queue[0] && at - madeAt > tabMaxAgeMs) {
    tab = newId(at)
    madeAt = at
    n = 1
  }
  last = action
  queue.push({ at, action, properties })
  explain(`recorded ${action}`, properties)
}

/** Answers why nothing may leave the browser. Where the visitor refuses, all that is held is forgotten. */
export function obey(): Status['blocked'] | false {
  const refused = refusal() as 'gpc'
  if (refused) forget()
  return refused || (idle && (options.consent || 'init'))
}

/** Makes one batch or more of all that waits, and puts them into the outbox, unless nothing may leave the browser. */
export function seal(): void {
  if (obey()) return
  if (queue[0] && Object.keys(dropped)[0]) {
    push(reportAction, dropped)
    told()
  }
  while (queue[0]) {
    const events = queue.splice(0, limits.batchEvents)
    keep(
      `${Date.now()} ${options.endpoint} ${Math.random()}`,
      JSON.stringify({
        site: options.site,
        tab,
        n,
        user,
        // Without a choice of storage it throws, which is shorter than to ask; the debug build would tell of it.
        ...(build === 'debug' && !options.storage ? undefined : guard(identity)()),
        page: { url, referrer, title: document.title },
        action: last,
        events: events.map(({ at, action, ...rest }) => ({
          ago: Date.now() - at,
          action: action === last ? undefined : action,
          ...rest,
        })),
      }),
    )
    n += events.length
  }
}

/** Names the visitor in all events from now on. */
export function rename(name?: string): void {
  const named = name && String(name)
  if (named !== user) seal()
  user = named
}

/** Forgets all that is held and who the visitor is, uncounted. */
export function forget(): void {
  explain('forgets all that is held')
  user = ''
  queue.length = madeAt = 0
  for (const key of undelivered()) drop(key)
  guard(forgetIdentity)()
}
