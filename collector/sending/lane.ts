/** What a lane needs to know of a request: its records stay together. */
export interface Queued {
  values: readonly Uint8Array[]
  /** Of its values together. */
  bytes: number
}

export interface SendLimits {
  maxRecords: number
  maxBytes: number
}

/** Bytes that a log adds to each record: lengths, offset and timestamp deltas. */
const recordOverheadBytes = 32

/** The requests that wait for one partition, oldest first. */
export interface Lane<Request extends Queued> {
  readonly size: number
  /** Bytes of the values that wait. */
  readonly bytes: number
  /** The oldest. */
  head(): Request | undefined
  /** Whether one send's worth of records waits. */
  full(limits: SendLimits): boolean
  push(request: Request): void
  /** Puts requests back before all others. */
  unshift(requests: readonly Request[]): void
  /** Takes the oldest requests, whole, up to the limits; at least one if any waits. */
  take(limits: SendLimits): Request[]
  /** Takes the oldest one. */
  shift(): Request | undefined
}

/** An empty lane. */
export function createLane<Request extends Queued>(): Lane<Request> {
  let queue: (Request | undefined)[] = []
  let head = 0
  let bytes = 0
  let records = 0

  const weigh = (valueBytes: number, count: number) => valueBytes + count * recordOverheadBytes

  function shift(): Request | undefined {
    const request = queue[head]
    if (request === undefined) return undefined
    queue[head] = undefined
    head++
    bytes -= request.bytes
    records -= request.values.length
    // A shift() of a long backlog moves all of it each time.
    if (head === queue.length || (head > 1_024 && head * 2 > queue.length)) {
      queue = queue.slice(head)
      head = 0
    }
    return request
  }

  function count(request: Request): void {
    bytes += request.bytes
    records += request.values.length
  }

  return {
    get size() {
      return queue.length - head
    },
    get bytes() {
      return bytes
    },
    head: () => queue[head],
    full: limits => records >= limits.maxRecords || weigh(bytes, records) >= limits.maxBytes,
    push(request) {
      queue.push(request)
      count(request)
    },
    unshift(requests) {
      queue = [...requests, ...queue.slice(head)]
      head = 0
      for (const request of requests) count(request)
    },
    take(limits) {
      const taken: Request[] = []
      let takenBytes = 0
      let takenRecords = 0
      for (let request = queue[head]; request !== undefined; request = queue[head]) {
        takenBytes += request.bytes
        takenRecords += request.values.length
        const within = takenRecords <= limits.maxRecords && weigh(takenBytes, takenRecords) <= limits.maxBytes
        if (taken.length > 0 && !within) break
        taken.push(request)
        shift()
      }
      return taken
    },
    shift,
  }
}
