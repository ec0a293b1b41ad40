import type { Consumer, Kafka } from 'kafkajs'

/** How long a fetch may wait for records, and how long all-paused fetchers sleep: the most that a resume is late by. */
const maxWaitMs = 250
/** New partitions are noticed, and the group joined again for them, after this. */
const metadataMaxAgeMs = 10_000
/** How long the group waits for a member that went without a word, a broker's restart included. Heartbeats come every 3 s at most. */
const sessionMs = 15_000

/** A kafkajs consumer as the reader wants it: it never commits, restarts or makes a topic by itself. Not connected yet. */
export function newMember(kafka: Kafka, groupId: string): Consumer {
  return kafka.consumer({
    groupId,
    allowAutoTopicCreation: false,
    sessionTimeout: sessionMs,
    maxWaitTimeInMs: maxWaitMs,
    metadataMaxAge: metadataMaxAgeMs,
    retry: { retries: 5, initialRetryTime: 200, maxRetryTime: 3_000, restartOnFailure: async () => false },
  })
}
