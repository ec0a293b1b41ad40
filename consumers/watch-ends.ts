import type { TopicReader } from '../topic/topic.ts'

/** A partition that wants to know where its log ends. */
export interface EndWatcher {
  readonly partition: number
  sawEnd(high: number): void
}

/**
 * Asks every so often where the logs of `partitions` end, so that a partition that reads nothing knows how far it is behind. One round at a
 * time; what fails is asked again in the next. Ends with `signal`.
 */
export function watchEnds(
  reader: TopicReader,
  partitions: () => Iterable<EndWatcher>,
  { everyMs, signal }: { everyMs: number; signal: AbortSignal },
): void {
  let asking = false
  async function ask(): Promise<void> {
    if (asking) return
    asking = true
    const asked = [...partitions()].map(async one => {
      const { high } = await reader.bounds(one.partition)
      if (!signal.aborted) one.sawEnd(high)
    })
    // An unknown end is no trouble of its own: whoever has to know it asks for itself, and says so.
    await Promise.allSettled(asked)
    asking = false
  }
  const timer = setInterval(() => void ask(), everyMs)
  signal.addEventListener('abort', () => clearInterval(timer), { once: true })
}
