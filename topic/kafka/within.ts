import { TopicError } from '../topic.ts'

/** What `work` comes to, or `unavailable` after so many milliseconds; the work itself goes on, and its outcome is dropped. */
export function within<T>(ms: number, operation: string, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      reject(new TopicError('unavailable', `${operation}: not acknowledged within ${ms} ms`))
    }, ms)
    work.then(resolve, reject).finally(() => clearTimeout(late))
  })
}
