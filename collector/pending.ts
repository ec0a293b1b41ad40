export type Appended =
  /** All are acknowledged but those at `tooLarge`, which the topic never takes. */
  | { outcome: 'acknowledged'; tooLarge: readonly number[] }
  /** Nothing was queued: too much is in flight. */
  | { outcome: 'overloaded' }
  /** Not acknowledged in time, or refused: some may be on the topic nevertheless. */
  | { outcome: 'unavailable' }

/** A request that waits for the outcome of its records. */
export interface Request {
  /** Whether it has its outcome: records of it that still wait are of no use. */
  settled: boolean
  /** Records without an outcome yet. */
  open: number
  tooLarge: number[]
  timer: NodeJS.Timeout
  resolve(appended: Appended): void
}

export interface NewRequest {
  open: number
  tooLarge: number[]
  deadlineMs: number
  /** Called after the request was given up because its deadline has passed. */
  expired(): void
}

export interface Pending {
  /** A request with its deadline; `appended` resolves with its outcome. */
  add(request: NewRequest): { request: Request; appended: Promise<Appended> }
  /** One of its records has its outcome: acknowledged, or refused for good as too large with its `index`. The last one settles it. */
  finish(request: Request, tooLargeIndex?: number): void
  /** Its outcome is unavailable, unless it has one already. */
  giveUp(request: Request): void
  /** Resolves when every request is settled. */
  idle(): Promise<void>
}

/** The requests that wait; each gets exactly one outcome. */
export function createPending(): Pending {
  const waiting = new Set<Request>()
  const idlers: (() => void)[] = []

  /** Only the first outcome counts: a promise resolves once. */
  function settle(request: Request, appended: Appended): void {
    request.settled = true
    clearTimeout(request.timer)
    waiting.delete(request)
    request.resolve(appended)
    if (waiting.size === 0) for (const wake of idlers.splice(0)) wake()
  }

  function giveUp(request: Request): void {
    settle(request, { outcome: 'unavailable' })
  }

  return {
    add({ open, tooLarge, deadlineMs, expired }) {
      let resolve: (appended: Appended) => void = () => {}
      const appended = new Promise<Appended>(settled => {
        resolve = settled
      })
      const timer = setTimeout(() => {
        giveUp(request)
        expired()
      }, deadlineMs)
      const request: Request = { settled: false, open, tooLarge, timer, resolve }
      waiting.add(request)
      return { request, appended }
    },
    finish(request, tooLargeIndex) {
      if (tooLargeIndex !== undefined) request.tooLarge.push(tooLargeIndex)
      request.open--
      if (request.open === 0) settle(request, { outcome: 'acknowledged', tooLarge: request.tooLarge })
    },
    giveUp,
    idle: () => (waiting.size === 0 ? Promise.resolve() : new Promise(resolve => idlers.push(resolve))),
  }
}
