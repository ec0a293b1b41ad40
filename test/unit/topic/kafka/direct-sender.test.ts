import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { connectDirectSender } from '../../../../topic/kafka/direct-sender.ts'
import { fakeKafkaCluster, type Verdict } from '../../../support/fake-kafka-cluster.ts'

const records = [{ value: Buffer.from('a') }]

async function senderOf({ acks = 1, leaders = [1, 2] }: { acks?: 0 | 1; leaders?: number[] } = {}) {
  const cluster = fakeKafkaCluster('clicks', leaders)
  const sender = await connectDirectSender(cluster, { topic: 'clicks', acks })
  if (typeof sender === 'string') throw new Error(sender)
  return { cluster, sender }
}

/** A send with five seconds, all its pauses played through. */
async function outcomeOf(sent: Promise<void>): Promise<unknown> {
  const outcome = sent.then(
    () => 'acknowledged',
    (error: unknown) => error,
  )
  await vi.advanceTimersByTimeAsync(10_000)
  return outcome
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('connectDirectSender', () => {
  test('asks each partition of its leader, once', async () => {
    const { cluster, sender } = await senderOf()
    await sender.send(1, records, Date.now() + 5_000)
    await sender.send(0, records, Date.now() + 5_000)
    expect(cluster.asked).toEqual([2, 1])
    expect(cluster.refreshes).toBe(0)
  })

  test.each<[string, Verdict]>([
    ['moved', 6],
    ['is being elected', 5],
    ['lost its disk', 56],
    ['closed the connection', 'reset'],
  ])('follows a leader that %s', async (_, verdict) => {
    const { cluster, sender } = await senderOf()
    cluster.script = [verdict]
    cluster.leaders = [3, 2]
    expect(await outcomeOf(sender.send(0, records, Date.now() + 5_000))).toBe('acknowledged')
    expect(cluster.asked).toEqual([1, 3])
  })

  test('gives a connection up once, with all that waits on it', async () => {
    const { cluster, sender } = await senderOf()
    cluster.script = ['silence', 'reset']
    const deadline = Date.now() + 5_000
    const sent = Promise.all([sender.send(0, records, deadline), sender.send(0, records, deadline)])
    expect(await outcomeOf(sent.then(() => {}))).toBe('acknowledged')
    expect(cluster.removed).toEqual([1])
    expect(cluster.asked).toEqual([1, 1, 1, 1])
  })

  test.each<[string, Verdict, string]>([
    ['a record is too large', 10, 'MESSAGE_TOO_LARGE'],
    ['it has no right', 29, 'TOPIC_AUTHORIZATION_FAILED'],
  ])('does not try again when %s', async (_, verdict, type) => {
    const { cluster, sender } = await senderOf()
    cluster.script = [verdict]
    expect(await outcomeOf(sender.send(0, records, Date.now() + 5_000))).toMatchObject({ type })
    expect(cluster.asked).toEqual([1])
  })

  test('does not believe an answer that names no partition', async () => {
    const { cluster, sender } = await senderOf()
    cluster.script = ['nothing']
    expect(await outcomeOf(sender.send(0, records, Date.now() + 5_000))).toBeInstanceOf(Error)
  })

  test('waits for a broker that is being connected', async () => {
    const { cluster, sender } = await senderOf()
    cluster.unreachable = [new Error('Broker not connected'), new Error('Broker not connected')]
    expect(await outcomeOf(sender.send(0, records, Date.now() + 5_000))).toBe('acknowledged')
  })

  test('tries again although nobody answers who leads', async () => {
    const { cluster, sender } = await senderOf()
    cluster.script = [7]
    vi.spyOn(cluster, 'refreshMetadata').mockReturnValue(new Promise(() => {}))
    const fromMs = Date.now()
    let tookMs = 0
    const sent = sender.send(0, records, fromMs + 5_000).then(() => {
      tookMs = Date.now() - fromMs
    })
    expect(await outcomeOf(sent)).toBe('acknowledged')
    expect(tookMs).toBeLessThan(2_000)
    expect(cluster.asked).toEqual([1, 1])
  })

  test('does not wait for a broker that refuses the password', async () => {
    const { cluster, sender } = await senderOf()
    const refused = Object.assign(new Error('no'), { name: 'KafkaJSSASLAuthenticationError' })
    cluster.unreachable = [refused]
    expect(await outcomeOf(sender.send(0, records, Date.now() + 5_000))).toBe(refused)
  })

  test('says at once that the topic is gone', async () => {
    const { cluster, sender } = await senderOf()
    cluster.script = [3]
    cluster.refusal = 'UNKNOWN_TOPIC_OR_PARTITION'
    expect(await outcomeOf(sender.send(0, records, Date.now() + 5_000))).toMatchObject({ type: cluster.refusal })
    expect(cluster.asked).toEqual([1])
  })

  test('tries again a bounded number of times, and not past the deadline', async () => {
    const { cluster, sender } = await senderOf()
    cluster.script = Array.from({ length: 100 }, () => 6)
    expect(await outcomeOf(sender.send(0, records, Date.now() + 60_000))).toMatchObject({
      type: 'NOT_LEADER_FOR_PARTITION',
    })
    expect(cluster.asked).toHaveLength(6)
    cluster.asked.length = 0
    expect(await outcomeOf(sender.send(0, records, Date.now() + 50))).toBeInstanceOf(Error)
    expect(cluster.asked).toHaveLength(1)
  })

  test('sees new partitions in the background, ten seconds after it last looked', async () => {
    const { cluster, sender } = await senderOf()
    cluster.leaders = [1, 2, 1]
    await vi.advanceTimersByTimeAsync(10_001)
    await sender.send(0, records, Date.now() + 5_000)
    await sender.send(0, records, Date.now() + 5_000)
    expect(cluster.refreshes).toBe(1)
    expect(sender.partitions()).toBe(3)
  })

  test('authenticates again before it sends on a session that is over', async () => {
    const { cluster, sender } = await senderOf()
    cluster.authenticated = false
    await sender.send(0, records, Date.now() + 5_000)
    expect(cluster.authenticated).toBe(true)
  })

  test('resolves with acks 0 without an answer', async () => {
    const { cluster, sender } = await senderOf({ acks: 0 })
    await sender.send(0, records, Date.now() + 5_000)
    expect(cluster.asked).toEqual([1])
  })

  test('gives up a connection that takes no bytes, with acks 0 too', async () => {
    const { cluster, sender } = await senderOf({ acks: 0 })
    cluster.script = ['stuck']
    expect(await outcomeOf(sender.send(0, records, Date.now() + 5_000))).toBe('acknowledged')
    expect(cluster.removed).toEqual([1])
    cluster.script = ['stuck', 'stuck', 'stuck']
    expect(await outcomeOf(sender.send(0, records, Date.now() + 3_000))).toMatchObject({
      name: 'KafkaJSRequestTimeoutError',
    })
  })

  test('has the leader give up on the other replicas before we give up on the leader', async () => {
    const { cluster, sender } = await senderOf()
    await sender.send(0, records, Date.now() + 5_000)
    await sender.send(0, records, Date.now() + 1_000)
    await sender.send(0, records, Date.now())
    const [ample = 0, short = 0, none = 0] = cluster.replicasTimeoutsMs
    expect(ample).toBe(2_000)
    expect(short).toBeLessThan(1_000)
    expect(none).toBeGreaterThan(0)
  })

  test('counts fewer partitions when the topic was made again with fewer', async () => {
    const { cluster, sender } = await senderOf({ leaders: [1, 2, 1] })
    expect(sender.partitions()).toBe(3)
    cluster.leaders = [2]
    cluster.script = [3]
    const outcome = await outcomeOf(sender.send(2, records, Date.now() + 5_000))
    expect(outcome).toMatchObject({ code: 'closed', message: 'clicks has no partition 2, only 1' })
    expect(cluster.asked).toEqual([1])
    expect(sender.partitions()).toBe(1)
    expect(await outcomeOf(sender.send(0, records, Date.now() + 5_000))).toBe('acknowledged')
  })

  test('connects, and follows the other leaders, while a partition has none', async () => {
    const { cluster, sender } = await senderOf({ leaders: [-1, 2] })
    await sender.send(1, records, Date.now() + 5_000)
    expect(await outcomeOf(sender.send(0, records, Date.now() + 2_000))).toMatchObject({
      message: 'clicks/0 has no leader that we know',
    })
    cluster.leaders = [1, 2]
    expect(await outcomeOf(sender.send(0, records, Date.now() + 5_000))).toBe('acknowledged')
    expect(cluster.asked).toEqual([2, 1])
  })

  test('does not connect while no partition has a leader', async () => {
    await expect(senderOf({ leaders: [-1, -1] })).rejects.toMatchObject({ code: 'unavailable' })
  })

  test('tells why it will not do for brokers before Kafka 2.1', async () => {
    const cluster = fakeKafkaCluster('clicks', [1])
    cluster.range = { minVersion: 0, maxVersion: 6 }
    const sender = await connectDirectSender(cluster, { topic: 'clicks', acks: 1 })
    expect(sender).toBe('the broker does not take Produce version 7')
  })
})
