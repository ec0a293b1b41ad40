import { describe, expect, test } from 'vitest'
import { planTopics } from '../../../../topic/kafka/plan-topics.ts'

describe('planTopics', () => {
  test('plans both topics with the defaults', () => {
    expect(planTopics({ topic: 'clicks' }, 2)).toMatchObject([
      { topic: 'clicks', partitions: 6, replicationFactor: 2, configs: { 'message.timestamp.type': 'LogAppendTime' } },
      { topic: 'clicks-dlq', partitions: 6, replicationFactor: 2, configs: { 'retention.ms': '2592000000' } },
    ])
  })

  test('asks for three replicas, two of them in sync, when durable', () => {
    const [plan] = planTopics({ topic: 'clicks', durable: true, replicationFactor: 2 }, 3)
    expect(plan).toMatchObject({ replicationFactor: 3, configs: { 'min.insync.replicas': '2' } })
  })

  test('leaves settings alone that nobody asked for', () => {
    expect(Object.keys(planTopics({ topic: 'clicks' }, 2)[0]?.configs ?? {})).toEqual(['message.timestamp.type'])
  })

  test.each([
    [3_600_000, '3600000', '2592000000'],
    [99 * 86_400_000, '8553600000', '8553600000'],
  ])('keeps dead letters for 30 days at least with a retention of %i ms', (retentionMs, main, dead) => {
    const plans = planTopics({ topic: 'clicks', retentionMs }, 2)
    expect(plans.map(({ configs }) => configs['retention.ms'])).toEqual([main, dead])
  })

  test.each([
    ['one partition', { partitions: 1 }, 3, '2 partitions at least, not 1'],
    ['half a partition', { partitions: 2.5 }, 3, '2 partitions at least, not 2.5'],
    ['more replicas than brokers', {}, 1, 'the cluster has 1 broker: add brokers, or ask for --replication-factor 1'],
    ['durable on two brokers', { durable: true }, 2, '--replication-factor 2 without --durable'],
  ])('refuses %s and says what to do', (_, options, brokers, message) =>
    expect(() => planTopics({ topic: 'clicks', ...options }, brokers)).toThrow(message),
  )
})
