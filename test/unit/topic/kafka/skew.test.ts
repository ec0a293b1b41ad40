import { expect, test } from 'vitest'
import { skewOf } from '../../../../topic/kafka/skew.ts'

const on = (leader: number, records: number) => ({ leader, low: 10, high: 10 + records })

test.each([
  ['even', [on(1, 5), on(2, 5)], 2, { leaders: 1, records: 1 }],
  ['on one broker of two', [on(1, 5), on(1, 5)], 2, { leaders: 2, records: 1 }],
  ['all in one partition of three', [on(1, 9), on(2, 0), on(3, 0)], 3, { leaders: 1, records: 3 }],
  ['empty', [on(1, 0), on(2, 0)], 2, { leaders: 1, records: 1 }],
  ['without partitions', [], 2, { leaders: 1, records: 1 }],
  ['fewer partitions than brokers', [on(1, 5), on(2, 5)], 3, { leaders: 1, records: 1 }],
])('tells the skew of a topic that is %s', (_, partitions, brokers, expected) =>
  expect(skewOf(partitions, brokers)).toEqual(expected),
)
