import { asMember, recordAt } from '../brief-member.ts'
import type { StoppedGroup } from '../stopped-group.ts'
import { type Bounds, TopicError } from '../topic.ts'
import type { EmbeddedLog } from './log.ts'

/** A group of an embedded topic that this process has opened: nobody else can have a member in it. Closes the log with itself. */
export function embeddedStoppedGroup(log: EmbeddedLog, group: string): StoppedGroup {
  async function bounds(partition: number): Promise<Bounds> {
    if (partition >= log.writer().partitions())
      throw new TopicError('topic_missing', `${log.topic} has no partition ${partition}`)
    const reader = log.reader(group)
    return asMember(reader, () => reader.bounds(partition))
  }

  return {
    group,
    requireStopped: async () => {},
    bounds,
    recordAt: (partition, offset) => recordAt(log.reader(group), { partition, offset }),
    async commit(partition, { next, metadata }) {
      const reader = log.reader(group)
      await asMember(reader, () => reader.commit(partition, next, metadata))
    },
    close: () => log.close(),
  }
}
