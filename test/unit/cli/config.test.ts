import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { ConfigError, loadConfig } from '../../../cli/config.ts'

const load = (env: Record<string, string>, command: 'start' | 'collector' = 'start') => loadConfig({ command, env })

describe('loadConfig', () => {
  it('fills in the defaults of the design', () => {
    expect(load({})).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      adminPort: 8081,
      topic: 'clicktrail',
      acks: 1,
      flush: { maxAgeMs: 10_000, maxBytes: 67_108_864, maxRecords: Number.POSITIVE_INFINITY },
      kafka: undefined,
    })
  })

  it('listens on every address as a collector and flushes after ten minutes with Kafka', () => {
    const config = load({ KAFKA_BROKERS: 'a:9092, b:9092' }, 'collector')
    expect(config.host).toBe('0.0.0.0')
    expect(config.flush.maxAgeMs).toBe(600_000)
    expect(config.kafka?.brokers).toEqual(['a:9092', 'b:9092'])
  })

  it('lets a flag win over the environment', () => {
    const config = loadConfig({ command: 'start', env: { CLICKTRAIL_PORT: '9000' }, flags: { port: '9001' } })
    expect(config.port).toBe(9001)
  })

  it('names every problem at once', () => {
    const env = { CLICKTRAIL_PORT: 'many', CLICKTRAIL_ACKS: '2', CLICKTRAIL_PROT: '1', ELASTICSEARCH_URL: 'localhost' }
    expect(() => load(env)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(
          /CLICKTRAIL_PROT is not a setting[\s\S]*CLICKTRAIL_PORT must[\s\S]*CLICKTRAIL_ACKS must[\s\S]*ELASTICSEARCH_URL must/,
        ),
      }),
    )
  })

  test.each([
    ['CLICKTRAIL_PORT', '65536', 'must be a port'],
    ['CLICKTRAIL_FLUSH_MAX_BYTES', '64MB', 'must be bytes'],
    ['CLICKTRAIL_FLUSH_MAX_RECORDS', '0', 'must be a whole number from 1'],
    ['CLICKTRAIL_FILE_FORMAT', 'parquet', 'must be one of json.gz, json'],
    ['CLICKTRAIL_SCRIPT_PATH', '/x', 'must end with .js'],
    ['CLICKTRAIL_EVENTS_PATH', 'v1', 'must be a path'],
    ['CLICKTRAIL_VISITOR_SECRET', 'short', 'at least 16'],
    ['KAFKA_BROKERS', 'localhost', 'must be host:port'],
    ['KAFKA_SSL_CA_FILE', '/nowhere.pem', "can't be read"],
    ['HDFS_PATH', '/events', 'two folders deep'],
    ['ELASTICSEARCH_INDEX', 'Clicktrail', 'must be lower case'],
  ])('refuses %s=%s', (name, value, message) => {
    expect(() => load({ KAFKA_BROKERS: 'a:1', [name]: value })).toThrow(message)
  })

  it('refuses half a set of credentials', () => {
    expect(() => load({ KAFKA_BROKERS: 'a:1', KAFKA_SASL_USERNAME: 'u' })).toThrow(
      /KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD/,
    )
    expect(() => load({ ELASTICSEARCH_USERNAME: 'u' })).toThrow(ConfigError)
  })

  it('reads a secret from a file', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'secret-')), 'secret')
    writeFileSync(file, 'a-secret-of-enough-characters\n')
    expect(load({ CLICKTRAIL_VISITOR_SECRET_FILE: file }).visitorSecret).toBe('a-secret-of-enough-characters')
  })

  it('passes over what Kubernetes injects, and says what to do where it hits a setting', () => {
    expect(() => load({ CLICKTRAIL_SERVICE_HOST: '10.0.0.1', CLICKTRAIL_PORT_8080_TCP_ADDR: '10.0.0.1' })).not.toThrow()
    expect(() => load({ CLICKTRAIL_PORT: 'tcp://10.0.0.1:80' })).toThrow('enableServiceLinks: false')
  })
})

it('names wrong settings of Kafka and wrong origins together with all else', () => {
  const env = { KAFKA_BROKERS: 'nohost', KAFKA_SSL: 'maybe', CLICKTRAIL_ORIGINS: 'foo' }
  expect(() => load(env)).toThrow(
    /CLICKTRAIL_ORIGINS has[\s\S]*KAFKA_BROKERS must|KAFKA_BROKERS must[\s\S]*CLICKTRAIL_ORIGINS has/,
  )
  expect(() => load(env)).toThrow('KAFKA_SSL must')
})
