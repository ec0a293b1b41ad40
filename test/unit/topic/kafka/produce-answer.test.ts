import { describe, expect, test } from 'vitest'
import { topicErrorOf } from '../../../../topic/kafka/error.ts'
import { produceFailure, readProduceAnswer } from '../../../../topic/kafka/produce-answer.ts'

function int(bytes: 2 | 4 | 8, value: number): Buffer {
  const buffer = Buffer.alloc(bytes)
  buffer.writeIntBE(value, Math.max(0, bytes - 6), Math.min(bytes, 6))
  return buffer
}

/** As the protocol's document has it: [topic [partition code offset time start]] throttle. */
function answerOf(topics: [string, [partition: number, code: number][]][], throttleMs = 0): Buffer {
  const partitionOf = ([partition, code]: [number, number]) =>
    Buffer.concat([int(4, partition), int(2, code), int(8, 17), Buffer.alloc(8, 0xff), int(8, 0)])
  const topicOf = ([name, partitions]: [string, [number, number][]]) =>
    Buffer.concat([
      int(2, Buffer.byteLength(name)),
      Buffer.from(name),
      int(4, partitions.length),
      ...partitions.map(partitionOf),
    ])
  return Buffer.concat([int(4, topics.length), ...topics.map(topicOf), int(4, throttleMs)])
}

describe('readProduceAnswer', () => {
  test.each<[string, Buffer, number | undefined]>([
    ['a success', answerOf([['clicks', [[3, 0]]]]), 0],
    ['an error', answerOf([['clicks', [[3, 6]]]]), 6],
    [
      'the partition among others',
      answerOf([
        ['other', [[3, 1]]],
        [
          'clicks',
          [
            [2, 7],
            [3, 0],
          ],
        ],
      ]),
      0,
    ],
    ['a code below zero', answerOf([['clicks', [[3, -1]]]]), -1],
    ['no topic', answerOf([]), undefined],
    ['another topic', answerOf([['other', [[3, 0]]]]), undefined],
    ['another partition', answerOf([['clicks', [[4, 0]]]]), undefined],
    ['no partition', answerOf([['clicks', []]]), undefined],
  ])('finds in %s the right code', (_, payload, errorCode) => {
    expect(readProduceAnswer(payload, 'clicks', 3)).toEqual({ errorCode, throttleMs: 0 })
  })

  test('reads how long to be silent', () => {
    expect(readProduceAnswer(answerOf([['클릭', [[0, 0]]]], 250), '클릭', 0)).toEqual({ errorCode: 0, throttleMs: 250 })
  })

  test('throws for an answer that was cut, at whichever byte', () => {
    const whole = answerOf([['clicks', [[3, 0]]]])
    for (let bytes = 0; bytes < whole.length; bytes++) {
      expect(() => readProduceAnswer(whole.subarray(0, bytes), 'clicks', 3)).toThrow(RangeError)
    }
  })
})

describe('produceFailure', () => {
  test('is none for a success', () => expect(produceFailure({ errorCode: 0, throttleMs: 0 })).toBeUndefined())

  test.each([
    [3, 'topic_missing'],
    [6, 'unavailable'],
    [10, 'record_too_large'],
    [18, 'record_too_large'],
    [29, 'unauthorized'],
    [12_345, 'unavailable'],
    [undefined, 'unavailable'],
  ] as const)('of code %s is %s', (errorCode, code) => {
    expect(topicErrorOf(produceFailure({ errorCode, throttleMs: 0 }), 'append').code).toBe(code)
  })
})
