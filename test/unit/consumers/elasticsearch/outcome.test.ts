import { errors } from '@elastic/elasticsearch'
import { describe, expect, it } from 'vitest'
import { itemOutcome, requestFailure, requestOutcome } from '../../../../consumers/elasticsearch/outcome.ts'

describe('itemOutcome', () => {
  it.each([
    [201, undefined, 'created'],
    [200, undefined, 'created'],
    [409, 'version_conflict_engine_exception', 'conflict'],
    [429, 'es_rejected_execution_exception', 'retry'],
    [429, 'cluster_block_exception', 'retry'],
    [403, 'cluster_block_exception', 'retry'],
    [500, 'exception', 'retry'],
    [503, 'unavailable_shards_exception', 'retry'],
    [404, 'index_not_found_exception', 'retry'],
    [400, 'validation_exception', 'retry'],
    [400, 'index_closed_exception', 'retry'],
    [400, 'document_parsing_exception', 'reject'],
    [400, 'mapper_parsing_exception', 'reject'],
    [400, 'illegal_argument_exception', 'reject'],
    [413, 'x', 'reject'],
    [401, 'security_exception', 'stop'],
    [403, 'security_exception', 'stop'],
  ])('%i %s is %s', (status, type, outcome) => {
    expect(itemOutcome({ status, error: type ? { type, reason: '' } : undefined })).toBe(outcome)
  })
})

describe('requestOutcome', () => {
  it.each([
    [undefined, undefined, 'retry'],
    [408, undefined, 'retry'],
    [429, 'circuit_breaking_exception', 'retry'],
    [500, undefined, 'retry'],
    [503, undefined, 'retry'],
    [403, 'cluster_block_exception', 'retry'],
    [413, undefined, 'split'],
    [400, 'illegal_argument_exception', 'split'],
    [400, undefined, 'retry'],
    [401, 'security_exception', 'stop'],
    [403, 'security_exception', 'stop'],
    [404, undefined, 'stop'],
    [301, undefined, 'stop'],
  ])('%s %s is %s', (status, type, outcome) => {
    expect(requestOutcome(status, type)).toBe(outcome)
  })
})

describe('requestFailure', () => {
  it.each([
    [new errors.ConnectionError('refused'), 'retry'],
    [new errors.TimeoutError('late'), 'retry'],
    [new errors.ProductNotSupportedError('Elasticsearch'), 'stop'],
    [new TypeError('a bug'), 'stop'],
  ])('%s is %s', (error, outcome) => {
    expect(requestFailure(error).outcome).toBe(outcome)
  })
})
