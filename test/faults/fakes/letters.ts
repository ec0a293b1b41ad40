import { TopicError, type TopicRecord, type TopicWriter } from '../../../topic/topic.ts'
import { createFakeTopicWriter } from '../../support/fake-topic-writer.ts'

/** The dead-letter topic of a world. */
export interface Letters {
  readonly writer: TopicWriter
  /** What becomes of an append: it is taken, it is refused, or it is taken and its acknowledgement is lost. */
  become: 'taken' | 'refused' | 'unacknowledged'
  /** Appends that were not acknowledged. */
  readonly refusals: number
  /** Where the letters that it holds come from. */
  origins(): { partition: number; offset: number }[]
}

export function createLetters(topic: string): Letters {
  const held: TopicRecord[] = []
  let refusals = 0
  const letters: Letters = {
    become: 'taken',
    get refusals() {
      return refusals
    },
    writer: createFakeTopicWriter({
      topic,
      async onAppend(_partition, records) {
        const { become } = letters
        if (become !== 'refused') held.push(...records)
        if (become === 'taken') return
        refusals++
        throw new TopicError('unavailable', 'no broker answers')
      },
    }),
    origins: () =>
      held.map(({ headers }) => ({
        partition: Number(headers?.['__connect.errors.partition']),
        offset: Number(headers?.['__connect.errors.offset']),
      })),
  }
  return letters
}
