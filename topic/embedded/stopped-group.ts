import { asMember, recordAt } from '../brief-member.ts'
import type { StoppedGroup } from '../stopped-group.ts'
import { type Bounds, TopicError, type TopicReader } from '../topic.ts'
import type { EmbeddedLog } from './log.ts'

/** A group of an embedded topic that this process has opened: nobody else can have a member in it. Closes the log with itself. */
export function embeddedStoppedGroup(log: EmbeddedLog, group: string): StoppedGroup {
  async function bounds(partition: number): Promise<Bounds> {
    if (partition >= log.writer().partitions())
      throw new TopicError('topic_missing', `${log.topic} has no partition ${partition}`)
    const reader = log.reader(group)
    return asMember(reader, () => reader.bounds(partition))
  }

  function ofEach<T>(ask: (reader: TopicReader, partition: number) => Promise<T>): Promise<Map<number, T>> {
    const reader = log.reader(group)
    return asMember(reader, async () => {
      const all = new Map<number, T>()
      const count = log.writer().partitions()
      for (let partition = 0; partition < count; partition++) all.set(partition, await ask(reader, partition))
      return all
    })
  }

  return {
    group,
    requireStopped: async () => {},
    bounds,
    positions: () =>
      ofEach(async (reader, partition) => ({
        ...(await reader.bounds(partition)),
        committed: await reader.committed(partition),
      })),
    offsetsAt: timeMs => ofEach((reader, partition) => reader.offsetAt(partition, timeMs)),
    recordAt: (partition, offset) => recordAt(log.reader(group), { partition, offset }),
    async commit(partition, { next, metadata }) {
      const reader = log.reader(group)
      await asMember(reader, () => reader.commit(partition, next, metadata))
    },
    close: () => log.close(),
  }
}
