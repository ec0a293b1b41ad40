import { KafkaJSConnectionError, KafkaJSNumberOfRetriesExceeded, KafkaJSProtocolError } from 'kafkajs'
import { describe, expect, test } from 'vitest'
import { isKafkaError, topicErrorOf } from '../../../../topic/kafka/error.ts'
import { TopicError } from '../../../../topic/topic.ts'

const protocol = (type: string) => Object.assign(new KafkaJSProtocolError(`it was ${type}`), { type })
const retried = (error: Error) => new KafkaJSNumberOfRetriesExceeded(error, { retryCount: 5, retryTime: 1 })

describe('topicErrorOf', () => {
  test.each([
    ['a topic that nobody made', protocol('UNKNOWN_TOPIC_OR_PARTITION'), 'topic_missing'],
    ['the same after five attempts', retried(protocol('UNKNOWN_TOPIC_OR_PARTITION')), 'topic_missing'],
    ['a large record', protocol('MESSAGE_TOO_LARGE'), 'record_too_large'],
    ['an old generation', protocol('ILLEGAL_GENERATION'), 'fenced'],
    ['no right', protocol('TOPIC_AUTHORIZATION_FAILED'), 'unauthorized'],
    ['too few replicas', protocol('NOT_ENOUGH_REPLICAS'), 'unavailable'],
    ['a lost connection', retried(new KafkaJSConnectionError('ECONNREFUSED')), 'unavailable'],
    [
      'several at once',
      Object.assign(new Error('two'), {
        errors: [protocol('NOT_ENOUGH_REPLICAS'), protocol('INVALID_TOPIC_EXCEPTION')],
      }),
      'topic_missing',
    ],
    ['what is no error at all', 'gone', 'unavailable'],
  ])('gives %s its code', (_, error, code) => {
    const failure = topicErrorOf(error, 'append to clicks/3')
    expect(failure).toMatchObject({ code, cause: error })
    expect(failure.message).toMatch(/^append to clicks\/3: /)
  })

  test('leaves a TopicError as it is', () => {
    const error = new TopicError('closed', 'closed')
    expect(topicErrorOf(error, 'append')).toBe(error)
  })

  test('comes to an end on errors that cause themselves', () => {
    const error = new Error('circle')
    error.cause = error
    expect(topicErrorOf(error, 'append').code).toBe('unavailable')
  })
})

describe('isKafkaError', () => {
  test.each([
    [protocol('NOT_ENOUGH_REPLICAS'), true],
    [new Error('wrapped', { cause: new KafkaJSConnectionError('gone') }), true],
    [new TypeError('undefined is not a function'), false],
  ])('of %s is %s', (error, expected) => expect(isKafkaError(error)).toBe(expected))
})
