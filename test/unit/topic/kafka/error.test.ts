import { KafkaJSConnectionError, KafkaJSNumberOfRetriesExceeded, KafkaJSProtocolError } from 'kafkajs'
import { describe, expect, test } from 'vitest'
import { cureOf, isKafkaError, topicErrorOf } from '../../../../topic/kafka/error.ts'
import { TopicError } from '../../../../topic/topic.ts'

const protocol = (type: string) => Object.assign(new KafkaJSProtocolError(`it was ${type}`), { type })
const named = (name: string) => Object.assign(new Error(`it was ${name}`), { name })
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

describe('cureOf', () => {
  test.each([
    ['a leader that moved', protocol('NOT_LEADER_FOR_PARTITION'), 'refresh'],
    ['an election', protocol('LEADER_NOT_AVAILABLE'), 'refresh'],
    ['a partition that is not known yet', protocol('UNKNOWN_TOPIC_OR_PARTITION'), 'refresh'],
    ['too few replicas', protocol('NOT_ENOUGH_REPLICAS'), 'refresh'],
    ['a connection that could not be made', new KafkaJSConnectionError('ECONNREFUSED'), 'reconnect'],
    ['the same after kafkajs tried again', retried(new KafkaJSConnectionError('ECONNREFUSED')), 'reconnect'],
    ['a connection that was closed', named('KafkaJSConnectionClosedError'), 'reconnect'],
    ['an answer that did not come', named('KafkaJSRequestTimeoutError'), 'reconnect'],
    ['a large record', protocol('MESSAGE_TOO_LARGE'), 'none'],
    ['no right', protocol('TOPIC_AUTHORIZATION_FAILED'), 'none'],
    ['a fault of ours', new RangeError('out of range'), 'none'],
  ] as const)('of %s', (_, error, cure) => expect(cureOf(error)).toBe(cure))
})

describe('isKafkaError', () => {
  test.each([
    [protocol('NOT_ENOUGH_REPLICAS'), true],
    [new Error('wrapped', { cause: new KafkaJSConnectionError('gone') }), true],
    [new TypeError('undefined is not a function'), false],
  ])('of %s is %s', (error, expected) => expect(isKafkaError(error)).toBe(expected))
})
