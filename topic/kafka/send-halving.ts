import { TopicError, type TopicRecord } from '../topic.ts'
import { topicErrorOf } from './error.ts'

export interface SendHalvingOptions {
  send(records: readonly TopicRecord[]): Promise<void>
  records: readonly TopicRecord[]
  /** Index of the first of `records` in what is appended. */
  from: number
  operation: string
  /** Told when the log finds a batch of several records too large: its limit isn't what we took it for. */
  onTooLarge?: () => void
}

/**
 * Sends; what the log finds too large is sent in halves, in order, down to the one record that it doesn't take. Then it rejects with
 * `record_too_large` and that record's index; those before it are on the log (`acknowledged`), those after it are not.
 */
export async function sendHalving({ send, records, from, operation, onTooLarge }: SendHalvingOptions): Promise<void> {
  try {
    await send(records)
  } catch (error) {
    const failure = topicErrorOf(error, operation)
    if (failure.code !== 'record_too_large') throw failure
    if (records.length === 1)
      throw new TopicError(failure.code, failure.message, { cause: error, index: from, acknowledged: from })
    onTooLarge?.()
    const middle = records.length >> 1
    await sendHalving({ send, records: records.slice(0, middle), from, operation })
    await sendHalving({ send, records: records.slice(middle), from: from + middle, operation })
  }
}
