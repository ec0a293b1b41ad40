import type { Admin } from 'kafkajs'
import { elasticsearchRows } from '../../support/elasticsearch-rows.ts'
import type { Landed } from '../landed.ts'

/** What a writer has put into the indices of a topic's name, read with plain HTTP: not with the code under test. */
export function createDocumentReader(url: string, topic: string, admin: Admin) {
  return {
    /** As rows of no chain. */
    async landed(): Promise<Landed> {
      const rows = (await elasticsearchRows(url, topic)).map(({ event, kafka }) => ({
        path: `${topic}-*/${event.id}`,
        partition: kafka.partition,
        offset: kafka.offset,
        generation: 1,
        skipped: 0,
        id: event.id,
      }))
      return { rows, gaps: [], broken: [] }
    },
    /** Documents are not stored in the order of the log: only the commit says that all before it are there. */
    async areDurable(): Promise<boolean> {
      const [commits] = await admin.fetchOffsets({ groupId: `${topic}-elasticsearch`, topics: [topic] })
      const next = new Map(commits?.partitions.map(({ partition, offset }) => [partition, offset]))
      return (await admin.fetchTopicOffsets(topic)).every(({ partition, high }) => next.get(partition) === high)
    },
  }
}
