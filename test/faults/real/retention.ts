import { setTimeout as wait } from 'node:timers/promises'
import type { RealFault } from './play.ts'
import { readTopic } from './read-topic.ts'

/** The brokers delete some of what no writer has read yet: it is written down as gone. */
export const retentionFault: RealFault = {
  name: 'gap after retention',
  // What is gone can't be told from its copies.
  mixture: { copyOnceIn: 2 ** 31 },
  lengthMs: 5_000,
  trouble: () => wait(500),
  async after(world) {
    const { admin, topic, random } = world
    await world.settle()
    await Promise.all([...world.writers].map(writer => world.end(writer, random.pick(['SIGTERM', 'SIGKILL']))))
    const landed = await admin.fetchTopicOffsets(topic)
    await world.feed(3_000, () => wait(200))
    const log = await readTopic(world.servers.kafka, topic)
    const partitions = landed.map(({ partition, high }) => {
      const unread = (log[partition]?.length ?? 0) - Number(high)
      return { partition, offset: String(Number(high) + random.below(unread + 1)) }
    })
    for (const { partition, offset } of partitions)
      world.deleted[partition] = (log[partition] ?? []).filter(record => record.offset < Number(offset))
    await admin.deleteTopicRecords({ topic, partitions })
    for (let count = 0; count < 2; count++) await world.startOne()
    await world.settle()
    world.happened = (await world.landed()).gaps.length
  },
}
