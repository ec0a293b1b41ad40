/** One record on its way, and the request that waits for it. */
export interface Queued<Request> {
  value: Uint8Array
  /** Position in the request's records. */
  index: number
  request: Request
}

export interface SendLimits {
  maxRecords: number
  maxBytes: number
}

/** Bytes that a log adds to each record: lengths, offset and timestamp deltas. */
const recordOverheadBytes = 32

/** The records that wait for one partition, oldest first. */
export interface Lane<Request> {
  readonly partition: number
  readonly size: number
  /** Whether one send's worth of records waits. */
  full(limits: SendLimits): boolean
  push(record: Queued<Request>): void
  /** Puts records back before all others. */
  unshift(records: readonly Queued<Request>[]): void
  /** Takes the oldest records up to the limits, at least one if any waits. */
  take(limits: SendLimits): Queued<Request>[]
  /** Takes the oldest records for as long as the test holds. */
  takeWhile(test: (record: Queued<Request>) => boolean): Queued<Request>[]
}

/** An empty lane. */
export function createLane<Request>(partition: number): Lane<Request> {
  let queue: Queued<Request>[] = []
  let head = 0
  let bytes = 0

  const weigh = (record: Queued<Request>) => record.value.byteLength + recordOverheadBytes

  function takeWhile(test: (record: Queued<Request>) => boolean): Queued<Request>[] {
    const taken: Queued<Request>[] = []
    for (let record = queue[head]; record !== undefined && test(record); record = queue[head]) {
      taken.push(record)
      bytes -= weigh(record)
      head++
    }
    // A shift() of a long backlog moves all of it each time.
    if (head > 1_024 && head * 2 > queue.length) {
      queue = queue.slice(head)
      head = 0
    }
    return taken
  }

  return {
    partition,
    get size() {
      return queue.length - head
    },
    full: limits => queue.length - head >= limits.maxRecords || bytes >= limits.maxBytes,
    push(record) {
      queue.push(record)
      bytes += weigh(record)
    },
    unshift(records) {
      queue = [...records, ...queue.slice(head)]
      head = 0
      for (const record of records) bytes += weigh(record)
    },
    take(limits) {
      let count = 0
      let sum = 0
      return takeWhile(record => {
        sum += weigh(record)
        return ++count === 1 || (count <= limits.maxRecords && sum <= limits.maxBytes)
      })
    },
    takeWhile,
  }
}
