import type { Queued } from './lane.ts'

export type Appended =
  /** All are acknowledged, by the topic or by the spool, but those at `tooLarge`, which the topic never takes. */
  | { outcome: 'acknowledged'; tooLarge: readonly number[] }
  /** Nothing was queued: too much is in flight, or it would wait too long. */
  | { outcome: 'overloaded' }
  /** Not acknowledged in time, or refused: some may be on the topic nevertheless. */
  | { outcome: 'unavailable' }

export const unavailable: Appended = { outcome: 'unavailable' }

/** A request on its way. */
export interface Request extends Queued {
  /** `waiting` for the topic, `spooling`, or `settled`: it has its outcome. */
  phase: 'waiting' | 'spooling' | 'settled'
  /** Where each value stood in the request; undefined when none was left out. */
  positions: number[] | undefined
  tooLarge: number[]
  /** When it is no longer waited for, on the clock of the batcher. */
  deadlineMs: number
  /** How many hold on to its values: its lane or its send, and the spool. */
  holders: number
  resolve(appended: Appended): void
}

/** A request of these values but those larger than `maxRecordBytes`, which nobody has begun to wait for. */
export function createRequest(
  values: readonly Uint8Array[],
  maxRecordBytes: number,
  resolve: (appended: Appended) => void,
): Request {
  const request: Request = {
    values,
    bytes: 0,
    phase: 'waiting',
    positions: undefined,
    tooLarge: [],
    deadlineMs: 0,
    holders: 1,
    resolve,
  }
  for (const value of values) request.bytes += value.byteLength
  // None can be too large where all together are not.
  if (request.bytes <= maxRecordBytes) return request
  for (let at = values.length - 1; at >= 0; at--) {
    if ((values[at]?.byteLength ?? 0) > maxRecordBytes) leaveOut(request, at)
  }
  request.tooLarge.reverse()
  return request
}

/** What can become of a request on its way to the topic. */
export interface RequestFate {
  /** The topic has acknowledged all of it. */
  taken(request: Request): void
  /** The topic has acknowledged its first `count` values, fewer than all. */
  partTaken(request: Request, count: number): void
  /** The topic is away: it neither has it nor will it wait for it. */
  untaken(request: Request): void
  /** The topic refuses it, and would again. */
  refused(request: Request): void
  /** The topic never takes the value at `at` of this request. */
  tooLarge(request: Request, at: number): void
  /** Neither lane nor send holds it any more. */
  let(request: Request): void
}

export interface Pending {
  add(request: Request): void
  /** Gives it its outcome, unless it has one. */
  settle(request: Request, appended: Appended): void
  /** Resolves when every request is settled. */
  idle(): Promise<void>
}

/** Counts the requests that wait; each gets exactly one outcome. */
export function createPending(): Pending {
  let open = 0
  const idlers: (() => void)[] = []
  return {
    add() {
      open++
    },
    settle(request, appended) {
      if (request.phase === 'settled') return
      request.phase = 'settled'
      request.resolve(appended)
      open--
      if (open === 0) for (const wake of idlers.splice(0)) wake()
    },
    idle: () => (open === 0 ? Promise.resolve() : new Promise(resolve => idlers.push(resolve))),
  }
}

/** The outcome of a request whose values were all taken. */
export function acknowledged(request: Request): Appended {
  return { outcome: 'acknowledged', tooLarge: request.tooLarge }
}

/** Leaves the value at `at` out of the request, as too large. Returns its bytes. */
export function leaveOut(request: Request, at: number): number {
  const bytes = request.values[at]?.byteLength ?? 0
  const positions = request.positions ?? request.values.map((_, index) => index)
  request.tooLarge.push(...positions.splice(at, 1))
  request.positions = positions
  request.values = request.values.filter((_, index) => index !== at)
  request.bytes -= bytes
  return bytes
}

/** Leaves out the first `count` values, as they need not be sent again. Returns their bytes. */
export function leaveFirst(request: Request, count: number): number {
  let bytes = 0
  for (const value of request.values.slice(0, count)) bytes += value.byteLength
  const positions = request.positions ?? request.values.map((_, index) => index)
  request.positions = positions.slice(count)
  request.values = request.values.slice(count)
  request.bytes -= bytes
  return bytes
}
