import type { StoppedGroup } from '../stopped-group.ts'
import { type Bounds, TopicError, type TopicReader } from '../topic.ts'
import type { EmbeddedLog } from './log.ts'

/** A group of an embedded topic that this process has opened: nobody else can have a member in it. Closes the log with itself. */
export function embeddedStoppedGroup(log: EmbeddedLog, group: string): StoppedGroup {
  /** Becomes the group's member for as long as `work` takes; nothing is delivered. */
  async function asMember<T>(work: (reader: TopicReader) => Promise<T>): Promise<T> {
    const reader = log.reader(group)
    try {
      return await new Promise<T>((resolve, reject) => {
        const hooks = {
          assigned: async () => work(reader).then(resolve, reject),
          revoked() {},
          records() {},
          failed: reject,
        }
        reader.start(hooks).catch(reject)
      })
    } finally {
      await reader.close()
    }
  }

  async function bounds(partition: number): Promise<Bounds> {
    if (partition >= log.writer().partitions())
      throw new TopicError('topic_missing', `${log.topic} has no partition ${partition}`)
    return asMember(reader => reader.bounds(partition))
  }

  return {
    group,
    requireStopped: async () => {},
    bounds,
    commit: (partition, next) => asMember(reader => reader.commit(partition, next, '')),
    close: () => log.close(),
  }
}
