import { partitionOf } from '../../topic/partition-of.ts'
import type { Breakers } from '../sending/breakers.ts'
import type { Spooled } from './spool-log.ts'
import { tabOf } from './tab-of.ts'

/** The partitions of the topic, and where records may go. */
export interface Ways {
  /** Partitions of the topic. */
  known: number
  breakers: Breakers
}

/**
 * Which records of `partition` go where now; who is given a partition must send to it. Those of a partition that the topic has go
 * there or wait. The others go to the partition of their tab, or, if that is away, to any that takes them: one is enough.
 */
export function route(partition: number, records: readonly Spooled[], ways: Ways): Map<number, Spooled[]> {
  const targets = targetsOf(partition, ways)
  const routed = new Map<number, Spooled[]>()
  for (const record of records) {
    const target = targets.length === 1 ? targets[0] : targetOf(record, targets, ways.known)
    if (target === undefined) continue
    const there = routed.get(target)
    if (there) there.push(record)
    else routed.set(target, [record])
  }
  return routed
}

/** Milliseconds until it is worth asking again, when there was no way; Infinity while the topic has no partition. */
export function waitMs(partition: number, { known, breakers }: Ways): number {
  if (partition < known) return breakers.waitMs(partition)
  return Math.min(...range(known).map(breakers.waitMs))
}

function targetsOf(partition: number, { known, breakers }: Ways): number[] {
  if (partition < known) return breakers.mayTry(partition) ? [partition] : []
  const all = range(known)
  const taking = all.filter(target => breakers.stateOf(target) === 'closed')
  if (taking.length > 0) return taking
  // One trial at a time: it holds up what would go elsewhere.
  const trial = all.find(target => breakers.mayTry(target))
  return trial === undefined ? [] : [trial]
}

function targetOf(record: Spooled, targets: readonly number[], known: number): number | undefined {
  if (targets.length === 0) return undefined
  const tab = tabOf(record.value) ?? ''
  const home = partitionOf(tab, known)
  return targets.includes(home) ? home : targets[partitionOf(tab, targets.length)]
}

const range = (count: number) => Array.from({ length: count }, (_, at) => at)
