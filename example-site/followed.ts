import type { Status } from '../sdk/index.ts'

/** An event as this page has seen it on its way. */
export interface Followed {
  /** `<tab>-<n>`, its id on the whole road. */
  id: string
  action: string
  properties: Record<string, unknown>
  user: string | undefined
  /**
   * `waiting` for its batch; `kept` in a batch that no collector has acknowledged, on its way or for later;
   * `acknowledged`; `unconfirmed`: gone without an answer that this page could see, as it was given up, refused by the
   * collector, or sent while the page was being left.
   */
  state: 'waiting' | 'kept' | 'acknowledged' | 'unconfirmed'
}

/** What the page remembers from one look at `status()` to the next. */
export interface Trail {
  /** Oldest first, at most 50. */
  events: readonly Followed[]
  acknowledged: number
}

/** What of a batch's body is read here. */
interface Body {
  tab: string
  n: number
  user?: string
  action?: string
  events: { action?: string; properties?: Record<string, unknown> }[]
}

const maxEvents = 50

function keptIn(body: string): Followed[] {
  const { tab, n, user, action = '', events }: Body = JSON.parse(body)
  return events.map((event, i) => ({
    id: `${tab}-${n + i}`,
    action: event.action ?? action,
    properties: event.properties ?? {},
    user,
    state: 'kept',
  }))
}

function waitingIn({ tab, n, user, queue }: Status): Followed[] {
  return queue.map(({ action, properties = {} }, i) => ({
    id: `${tab}-${n + i}`,
    action,
    properties,
    user,
    state: 'waiting',
  }))
}

/**
 * The trail after one more look at the tracker. Events that are held no more were acknowledged if the tracker counts at
 * least that many more acknowledged ones; with fewer nobody can say which, and all of them are unconfirmed. Those of
 * other tabs are followed while they are held here. Of a visitor who refuses, only what was acknowledged is remembered.
 */
export function follow({ events, acknowledged }: Trail, status: Status): Trail {
  const refused = status.blocked === 'optOut' || status.blocked === 'gpc'
  const held = refused ? [] : [...[...status.kept].reverse().flatMap(keptIn), ...waitingIn(status)]
  const now = new Map(held.map(event => [event.id, event]))
  const gone = events.filter(({ id, state }) => (state === 'waiting' || state === 'kept') && !now.has(id))
  const state = status.acknowledged - acknowledged >= gone.length ? 'acknowledged' : 'unconfirmed'
  const ours = (event: Followed) => !refused && event.id.startsWith(status.tab)
  const left = new Set(gone)
  const remembered = events.flatMap((event): Followed[] => {
    const current = now.get(event.id)
    now.delete(event.id)
    if (current) return [current]
    if (!left.has(event)) return refused && event.state !== 'acknowledged' ? [] : [event]
    return state === 'acknowledged' || ours(event) ? [{ ...event, state }] : []
  })
  return { events: [...remembered, ...now.values()].slice(-maxEvents), acknowledged: status.acknowledged }
}
