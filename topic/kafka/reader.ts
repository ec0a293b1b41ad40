import { setTimeout as sleep } from 'node:timers/promises'
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs'
import type { Logger } from 'pino'
import { type ReaderHooks, TopicError, type TopicReader } from '../topic.ts'
import { adminSession } from './admin-session.ts'
import { type Assignment, createAssignment, type Held } from './assignment.ts'
import { awaitTopic } from './await-topic.ts'
import { backoffMs } from './backoff.ts'
import { isKafkaError, topicErrorOf } from './error.ts'
import { groupOffsets } from './group-offsets.ts'
import { newMember } from './member.ts'
import { type Cut, settle } from './settle.ts'
import { timestampWarning } from './timestamp-warning.ts'

export interface KafkaReaderOptions {
  topic: string
  group: string
  logger?: Logger
}

/** Most that a close waits for brokers that don't answer; the group forgets us by itself. */
const leaveMs = 5_000

/**
 * A member of a Kafka group. It outlives brokers: whatever ends the kafkajs consumer, but for missing rights and faults in the
 * program, makes it join again with a new one, for ever. Its own positions decide what is delivered, not kafkajs's.
 */
export function createKafkaReader(kafka: Kafka, { topic, group, logger }: KafkaReaderOptions): TopicReader {
  const session = adminSession(kafka)
  const offsets = groupOffsets(session, topic, group)
  const closing = new AbortController()
  const { signal } = closing
  const fields = { topic, group }
  const warnOfTimestamps = timestampWarning(message => logger?.warn(fields, message))
  let hooks: ReaderHooks | undefined
  let consumer: Consumer | undefined
  let assignment: Assignment | undefined
  let dead = false
  /** kafkajs passes over commits, silently, until its `run` has come back. */
  let running: Promise<void> = Promise.resolve()

  const fenced = () => new TopicError('fenced', `${group} has no assignment of ${topic} here`)
  const heldOf = (partition: number): Held => {
    if (!assignment) throw fenced()
    return assignment.held(partition)
  }

  const known = <T>(answer: T | undefined, partition: number): T => {
    if (answer === undefined) throw new TopicError('unavailable', `${topic} has no partition ${partition} as yet`)
    return answer
  }

  const die = (error: unknown) => {
    if (dead || signal.aborted) return
    dead = true
    revoke()
    logger?.fatal({ ...fields, err: error }, 'the reader is dead')
    hooks?.failed(error instanceof Error ? error : new Error(String(error)))
    void consumer?.disconnect().catch(() => {})
  }

  const revoke = () => {
    const lost = assignment?.partitions ?? []
    assignment = undefined
    if (lost.length > 0) hooks?.revoked(lost)
  }

  const settleAll = async (owner: Assignment, partitions: readonly Held[]) => {
    const cut = await settle(partitions, {
      bounds: offsets.bounds,
      isOver: () => assignment !== owner || signal.aborted,
      settled({ partition, position, paused }) {
        consumer?.seek({ topic, partition, offset: String(position) })
        if (!paused) consumer?.resume([{ topic, partitions: [partition] }])
      },
      failed: error => logger?.warn({ ...fields, err: error }, 'asking for the bounds of the log failed; trying again'),
      signal,
    })
    if (cut.length > 0 && assignment === owner) assignAgain(owner, cut)
  }

  /**
   * What was read is no longer on the log: only a new start of the partitions finds out what that means. No hot loop: a new one
   * is settled within the log's bounds first, so the log must be cut once more to come here again.
   */
  const assignAgain = (owner: Assignment, cut: readonly Cut[]) => {
    logger?.error(
      { ...fields, cut },
      'the log went backwards: it was cut or made again; the partitions are started again',
    )
    if (consumer) assign(consumer, owner.partitions)
  }

  /** Called by kafkajs in the middle of a join: what comes next in time is a fetch, so the pause must not wait. */
  const joined = (member: Consumer, partitions: readonly number[]) => {
    if (consumer !== member || signal.aborted || dead) return
    logger?.info({ ...fields, partitions }, 'joined the group')
    assign(member, partitions)
  }

  const assign = (member: Consumer, partitions: readonly number[]) => {
    revoke()
    const owner = createAssignment(topic, partitions)
    assignment = owner
    if (partitions.length > 0) member.pause([{ topic, partitions: [...partitions] }])
    takeOver(owner).catch(error => {
      if (assignment === owner) die(error)
    })
  }

  const takeOver = async (owner: Assignment) => {
    await hooks?.assigned(owner.partitions)
    const unsought = owner.partitions.map(partition => owner.held(partition)).filter(held => !held.sought)
    for (let failures = 0; unsought.length > 0 && assignment === owner; failures++) {
      try {
        const committed = await offsets.committed()
        for (const held of unsought) if (!held.sought) held.position = committed.get(held.partition)?.next ?? 0
        break
      } catch (error) {
        logger?.warn({ ...fields, err: error }, 'asking for the commits failed; trying again')
        await sleep(backoffMs(failures), undefined, { signal }).catch(() => {})
      }
    }
    if (assignment !== owner) return
    await settleAll(
      owner,
      owner.partitions.map(partition => owner.held(partition)),
    )
  }

  const eachBatch = async ({ batch, isStale, resolveOffset }: EachBatchPayload) => {
    const owner = assignment
    const taken = owner?.take(batch, isStale())
    if (taken?.kind === 'refetch') {
      consumer?.seek({ topic, partition: batch.partition, offset: String(taken.offset) })
    } else if (owner && taken?.kind === 'backwards') {
      // Either the log was cut, and kafkajs went to its beginning, or this is a batch of before a seek.
      consumer?.pause([{ topic, partitions: [batch.partition] }])
      void settleAll(owner, [owner.held(batch.partition)])
    } else if (taken?.kind === 'deliver') {
      resolveOffset(taken.resolved)
      if (taken.records.length === 0) return
      try {
        hooks?.records(batch.partition, taken.records)
      } catch (error) {
        die(error)
      }
    }
  }

  /** One life of a kafkajs consumer, up to its first join; resolves to what ended it before that. */
  const join = async (): Promise<void> => {
    warnOfTimestamps(await awaitTopic({ session, topic, signal, logger, giveUpOn: ['unauthorized'] }))
    const member = newMember(kafka, group)
    consumer = member
    const crashed = new Promise<never>((_, reject) => {
      member.on('consumer.crash', ({ payload }) => {
        reject(payload.error)
        if (consumer === member && assignment) rejoin(payload.error)
      })
    })
    crashed.catch(() => {})
    const inGroup = new Promise<void>(resolve => {
      member.on('consumer.group_join', ({ payload }) => {
        joined(member, payload.memberAssignment[topic] ?? [])
        resolve()
      })
    })
    try {
      await member.connect()
      await member.subscribe({ topics: [topic], fromBeginning: true })
      running = member.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch })
      await running
      await Promise.race([inGroup, crashed])
    } catch (error) {
      if (consumer === member) consumer = undefined
      revoke()
      await member.disconnect().catch(() => {})
      throw error
    }
  }

  /** Joins, however often it takes. Rejects with what no new attempt can mend. */
  const joinForEver = async () => {
    for (let attempt = 0; ; attempt++) {
      signal.throwIfAborted()
      try {
        return await join()
      } catch (error) {
        if (signal.aborted) throw error
        const failure = topicErrorOf(error, `join ${group}`)
        if (failure.code === 'unauthorized' || !(isKafkaError(error) || failure.retriable)) throw failure
        logger?.warn({ ...fields, err: failure }, 'joining the group failed; trying again')
      }
      await sleep(backoffMs(attempt), undefined, { signal })
    }
  }

  const rejoin = (error: Error) => {
    if (signal.aborted || dead) return
    const code = topicErrorOf(error, `read ${topic}`).code
    if (code === 'unauthorized' || !isKafkaError(error)) return die(error)
    consumer = undefined
    revoke()
    logger?.warn({ ...fields, err: error }, 'lost the group; joining again')
    joinForEver().catch(die)
  }

  return {
    topic,
    group,
    async start(given) {
      if (hooks) throw new TopicError('closed', `this reader of ${group} was started before`)
      hooks = given
      try {
        await joinForEver()
      } catch (error) {
        throw signal.aborted ? new TopicError('closed', `this reader of ${group} is closed`) : error
      }
    },
    seek(partition, offset) {
      const held = heldOf(partition)
      held.position = offset
      held.sought = true
      held.behind = false
      if (!held.settled || !assignment) return
      held.settled = false
      consumer?.pause([{ topic, partitions: [partition] }])
      void settleAll(assignment, [held])
    },
    pause(partition) {
      heldOf(partition).paused = true
      consumer?.pause([{ topic, partitions: [partition] }])
    },
    resume(partition) {
      const held = heldOf(partition)
      held.paused = false
      if (held.settled) consumer?.resume([{ topic, partitions: [partition] }])
    },
    committed: async partition => (await offsets.committed()).get(partition),
    async commit(partition, next, metadata) {
      heldOf(partition)
      const owner = assignment
      try {
        await running
        if (assignment !== owner) throw fenced()
        await consumer?.commitOffsets([{ topic, partition, offset: String(next), metadata }])
      } catch (error) {
        throw topicErrorOf(error, `commit ${topic}/${partition}`)
      }
      // kafkajs resolves without a commit when it stopped meanwhile.
      if (assignment !== owner) throw fenced()
    },
    async bounds(partition) {
      return known((await offsets.bounds()).get(partition), partition)
    },
    async offsetAt(partition, timeMs) {
      return known((await offsets.at(timeMs)).get(partition), partition)
    },
    async close() {
      closing.abort()
      assignment = undefined
      const member = consumer
      consumer = undefined
      const left = member
        ?.disconnect()
        .catch(error => logger?.warn({ ...fields, err: error }, 'leaving the group failed'))
      await Promise.race([left, sleep(leaveMs, undefined, { ref: false })])
      await session.close()
    },
  }
}
