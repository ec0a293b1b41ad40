import { randomUUID } from 'node:crypto'
import type { Kafka } from 'kafkajs'
import { asMember, recordAt } from '../brief-member.ts'
import type { StoppedGroup } from '../stopped-group.ts'
import { TopicError } from '../topic.ts'
import { adminSession } from './admin-session.ts'
import { groupOffsets } from './group-offsets.ts'
import { createKafkaReader } from './reader.ts'

/**
 * A group that the brokers know no member of. That proves that every writer has left, or was not heard of for a session timeout: one that is
 * merely suspended is not seen. Connects on demand.
 */
export function kafkaStoppedGroup(kafka: Kafka, { topic, group }: { topic: string; group: string }): StoppedGroup {
  const session = adminSession(kafka)
  const offsets = groupOffsets(session, topic, group)

  async function requireStopped(): Promise<void> {
    const { groups } = await session.run(`describe ${group}`, admin => admin.describeGroups([group]))
    const members = groups.flatMap(one => one.members)
    if (members.length === 0) return
    const hosts = [
      ...new Set(members.map(({ clientId, clientHost }) => `${clientId} on ${clientHost.replace('/', '')}`)),
    ]
    throw new TopicError(
      'closed',
      `${group} has ${members.length} running: ${hosts.join(', ')}. Stop the writer first.`,
    )
  }

  return {
    group,
    requireStopped,
    async bounds(partition) {
      const found = (await offsets.bounds()).get(partition)
      if (found) return found
      throw new TopicError('topic_missing', `${topic} has no partition ${partition}`)
    },
    async positions() {
      const committed = await offsets.committed()
      const bounds = [...(await offsets.bounds())].sort(([one], [other]) => one - other)
      return new Map(bounds.map(([partition, own]) => [partition, { ...own, committed: committed.get(partition) }]))
    },
    offsetsAt: timeMs => offsets.at(timeMs),
    recordAt(partition, offset) {
      // Not as a member of the group itself, which may be at work. Without a commit the brokers forget a group when it is left.
      const look = `${group}-look-${randomUUID().slice(0, 8)}`
      return recordAt(createKafkaReader(kafka, { topic, group: look }), { partition, offset })
    },
    async commit(partition, { next, metadata }) {
      await requireStopped()
      // kafkajs's setOffsets takes no metadata; as it does, we join for the commit.
      const reader = createKafkaReader(kafka, { topic, group })
      await asMember(reader, () => reader.commit(partition, next, metadata))
    },
    close: () => session.close(),
  }
}
