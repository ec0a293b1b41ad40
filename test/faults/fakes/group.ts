import { setTimeout as wait } from 'node:timers/promises'
import { type Committed, type LogRecord, type ReaderHooks, TopicError, type TopicReader } from '../../../topic/topic.ts'
import type { Random } from '../../fuzz/random.ts'
import type { Gate } from './gate.ts'
import type { MemoryLog } from './memory-log.ts'

/** A member of a group, and what its coordinator knows of it. */
export interface Member extends TopicReader {
  /** What it believes to have. */
  readonly assigned: readonly number[]
  /** Its session has timed out: others get its partitions, and it does not know. */
  expel(): void
  /** It hears of it, gives up what it had and joins again. Needs no call for one that was not expelled. */
  hear(): Promise<void>
}

/** A consumer group over a log in memory, as Kafka's coordinator runs one: eager rebalances, of which each member hears in its own time. */
export interface MemoryGroup {
  join(gate: Gate): Member
  /** Everybody joins again and gets other partitions. */
  rebalance(): void
  /** What is committed; may be emptied. */
  readonly committed: Map<number, Committed>
  /** While true, brokers answer nobody and deliver nothing. */
  away: boolean
}

/** Most that a member is late to hear of an assignment, milliseconds. */
const lateMs = 15
const batch = 40

export function createMemoryGroup(log: MemoryLog, random: Random): MemoryGroup {
  const committed = new Map<number, Committed>()
  const members = new Map<Member, (epoch: number, partitions: readonly number[]) => Promise<void>>()
  const wakers = new Set<() => void>()
  let epoch = 0
  const group: MemoryGroup = { join, rebalance, committed, away: false }
  log.onChange = () => {
    for (const wake of wakers) wake()
  }

  function rebalance(): void {
    epoch++
    const all = [...members.values()]
    const begin = random.below(Math.max(1, all.length))
    for (const [index, take] of all.entries()) {
      const partitions = Array.from({ length: log.partitions() }, (_, partition) => partition)
      void take(
        epoch,
        partitions.filter(partition => (partition + begin) % all.length === index),
      )
    }
  }

  function join(gate: Gate): Member {
    const positions = new Map<number, number>()
    const paused = new Set<number>()
    const ready = new Set<number>()
    let hooks: ReaderHooks | undefined
    let assigned: readonly number[] = []
    let ownEpoch = 0
    let scheduled = false

    function wake(): void {
      if (scheduled) return
      scheduled = true
      setImmediate(() => {
        scheduled = false
        if (gate.state === 'running' && !group.away) for (const partition of ready) deliver(partition)
      })
    }

    function deliver(partition: number): void {
      const position = positions.get(partition)
      if (paused.has(partition) || position === undefined) return
      const { low } = log.bounds(partition)
      const from = Math.max(low, position)
      const records: readonly LogRecord[] = log.records(partition).slice(from, from + 1 + random.below(batch))
      if (records.length === 0) return
      positions.set(partition, from + records.length)
      hooks?.records(partition, records)
      wake()
    }

    function giveUp(): void {
      const lost = assigned
      assigned = []
      ready.clear()
      positions.clear()
      paused.clear()
      if (lost.length > 0) hooks?.revoked(lost)
    }

    async function take(next: number, partitions: readonly number[]): Promise<void> {
      await wait(random.below(lateMs))
      await gate.pass()
      if (next !== epoch || !members.has(member)) return
      giveUp()
      assigned = partitions
      ownEpoch = next
      await hooks?.assigned(partitions)
      await gate.pass()
      if (ownEpoch !== next || assigned !== partitions) return
      for (const partition of partitions) ready.add(partition)
      wake()
    }

    function needAssigned(partition: number): void {
      if (!assigned.includes(partition)) throw new TopicError('fenced', `partition ${partition} is not assigned`)
    }

    function needBrokers(): void {
      if (group.away) throw new TopicError('unavailable', 'no broker answers')
    }

    const ask = <T>(answer: () => T) =>
      gate.through('bounds', async () => {
        needBrokers()
        return answer()
      })

    const member: Member = {
      topic: log.topic,
      group: `${log.topic}-hdfs`,
      get assigned() {
        return assigned
      },
      expel() {
        if (members.delete(member)) rebalance()
      },
      async hear() {
        await wait(random.below(lateMs))
        await gate.pass()
        if (members.has(member) || !hooks) return
        giveUp()
        members.set(member, take)
        rebalance()
      },
      async start(given) {
        hooks = given
        wakers.add(wake)
        members.set(member, take)
        rebalance()
      },
      seek(partition, offset) {
        needAssigned(partition)
        positions.set(partition, offset)
        wake()
      },
      pause(partition) {
        needAssigned(partition)
        paused.add(partition)
      },
      resume(partition) {
        needAssigned(partition)
        paused.delete(partition)
        wake()
      },
      committed: partition => ask(() => committed.get(partition)),
      bounds: partition => ask(() => log.bounds(partition)),
      offsetAt: partition => ask(() => log.bounds(partition).high),
      commit: (partition, next, metadata) =>
        gate.through('commit', async () => {
          needBrokers()
          needAssigned(partition)
          if (ownEpoch !== epoch || !members.has(member)) throw new TopicError('fenced', 'the assignment has changed')
          committed.set(partition, { next, metadata })
        }),
      async close() {
        wakers.delete(wake)
        hooks = undefined
        if (members.delete(member)) rebalance()
      },
    }
    return member
  }

  return group
}
