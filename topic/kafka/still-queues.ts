import { createRequire } from 'node:module'

const patched = Symbol('is still when idle')

interface RequestQueue {
  readonly pending: readonly unknown[]
}

type Schedule = (this: RequestQueue) => void

function isSchedule(value: unknown): value is Schedule {
  return typeof value === 'function'
}

/**
 * Makes kafkajs 2.2.4 look for requests that wait only while one does; calling it again changes nothing. After its first answer each
 * connection of kafkajs otherwise looks every millisecond, for ever: 4 % of a core for a reader that has nothing to read.
 */
export function keepQueuesStill(): void {
  const RequestQueue: unknown = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js')
  if (typeof RequestQueue !== 'function') return
  const prototype: object = RequestQueue.prototype
  const schedule: unknown = Reflect.get(prototype, 'scheduleCheckPendingRequests')
  if (!isSchedule(schedule) || Reflect.has(prototype, patched)) return
  const scheduleIfPending: Schedule = function () {
    if (this.pending.length > 0) schedule.call(this)
  }
  Reflect.set(prototype, 'scheduleCheckPendingRequests', scheduleIfPending)
  Reflect.set(prototype, patched, true)
}
