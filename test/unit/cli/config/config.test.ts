import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../../../cli/config/config.ts'

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

  it('names what a command needs and lacks together with all else that is wrong', () => {
    const needs = { who: 'consume hdfs', keys: ['kafkaBrokers', 'hdfsUrl'] as const }
    expect(() => loadConfig({ command: 'consume hdfs', env: { CLICKTRAIL_ACKS: '2' }, needs })).toThrow(
      /CLICKTRAIL_ACKS must[\s\S]*KAFKA_BROKERS is not set, and consume hdfs needs it[\s\S]*HDFS_URL is not set/,
    )
  })

  it('takes a chain of certificates', () => {
    const [certificate = ''] = rootCertificates
    const file = join(mkdtempSync(join(tmpdir(), 'ca-')), 'ca.pem')
    writeFileSync(file, `${certificate}\n${certificate}\n`)
    const { kafka } = load({ KAFKA_BROKERS: 'a:1', KAFKA_SSL_CA_FILE: file })
    expect(kafka?.ssl).toEqual({ ca: `${certificate}\n${certificate}` })
  })

  it('reads a secret from a file', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'secret-')), 'secret')
    writeFileSync(file, 'a-secret-of-enough-characters\n')
    expect(load({ CLICKTRAIL_VISITOR_SECRET_FILE: file }).visitorSecret).toBe('a-secret-of-enough-characters')
  })

  it('passes over what Kubernetes injects, and says what to do where it hits a setting', () => {
    const injected = { CLICKTRAIL_SERVICE_HOST: '10.0.0.1', CLICKTRAIL_PORT_8080_TCP_ADDR: '10.0.0.1' }
    const ofAnother = { CLICKTRAIL_COLLECTOR_PORT: 'tcp://10.0.0.1:80' }
    expect(() => load({ ...injected, ...ofAnother })).not.toThrow()
    expect(() => load({ CLICKTRAIL_PORT: 'tcp://10.0.0.1:80' })).toThrow('enableServiceLinks: false')
  })
})

it.each([
  ['start', 8081],
  ['collector', 8081],
  ['consume hdfs', 8082],
  ['consume elasticsearch', 8083],
] as const)('gives %s an admin port that none of the others has', (command, adminPort) => {
  expect(loadConfig({ command, env: {} }).adminPort).toBe(adminPort)
})
