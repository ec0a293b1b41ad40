export interface Health {
  started: boolean
  draining: boolean
  topic: string
  /** Partitions of the topic as last seen: 0 until the first metadata. */
  partitions: number
  /** Whether the topic takes sends. */
  topicAway: boolean
  /** What the topic said last where it does not. */
  trouble?: string | undefined
  /** `off`: there is none. */
  spool: 'off' | 'taking' | 'full'
}

/** Whether an orchestrator should send requests here. `reason` says why not, or what is wrong although it should. */
export type Readiness = { ready: true; reason?: string } | { ready: false; reason: string }

/**
 * Not ready until the first metadata and while draining; an unreachable topic alone is no reason as long as the spool
 * takes the events: elsewhere the topic would be just as far away.
 */
export function readiness({ started, draining, topic, partitions, topicAway, trouble, spool }: Health): Readiness {
  if (draining) return { ready: false, reason: 'the collector is about to end' }
  if (!started) return { ready: false, reason: 'the collector has not started' }
  if (partitions === 0) return { ready: false, reason: `the topic ${topic} is not known yet` }
  if (!topicAway) return { ready: true }
  const away = `the topic ${topic} does not take events${trouble ? ` (${trouble})` : ''}`
  if (spool === 'taking') return { ready: true, reason: `${away}: the spool does` }
  return { ready: false, reason: `${away}, and the spool is ${spool}` }
}
