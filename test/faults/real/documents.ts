import type { Admin } from 'kafkajs'
import { elasticsearchRows } from '../../support/elasticsearch-rows.ts'
import type { Landed } from '../landed.ts'

/** What a writer has put into the indices of a topic's name, read with plain HTTP: not with the code under test. */
export function createDocumentReader(url: string, topic: string, admin: Admin) {
  /** Of the topic's first life. */
  let old: ReadonlySet<string> | undefined

  /** As rows of no chain. */
  async function landed(): Promise<Landed> {
    const rows = (await elasticsearchRows(url, topic)).map(({ event, kafka }) => ({
      path: `${topic}-*/${event.id}`,
      partition: kafka.partition,
      offset: kafka.offset,
      generation: !old || old.has(event.id) ? 1 : 2,
      skipped: 0,
      id: event.id,
    }))
    return { rows, gaps: [], broken: [] }
  }

  return {
    landed,
    /** What is stored from now on is of generation 2. */
    async endLife(): Promise<void> {
      old = new Set((await landed()).rows.map(row => row.id))
    },
    /** Documents are not stored in the order of the log: only the commit says that all before it are there. */
    async areDurable(): Promise<boolean> {
      const [commits] = await admin.fetchOffsets({ groupId: `${topic}-elasticsearch`, topics: [topic] })
      const next = new Map(commits?.partitions.map(({ partition, offset }) => [partition, offset]))
      return (await admin.fetchTopicOffsets(topic)).every(({ partition, high }) => next.get(partition) === high)
    },
  }
}
