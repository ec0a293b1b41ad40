import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Command, ConfigError, loadConfig } from '../../../../cli/config/config.ts'
import { runClicktrail } from '../../../support/clicktrail.ts'

const dir = mkdtempSync(join(tmpdir(), 'clicktrail-bad-'))
const file = (name: string, text: string) => {
  writeFileSync(join(dir, name), text)
  return join(dir, name)
}
const plainFile = file('plain', 'text')
const emptyFile = file('empty', ' \n')
const brokenPem = file('broken.pem', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')
const secretFile = file('secret', 'a-secret-of-enough-characters')
const kafka = { KAFKA_BROKERS: 'kafka:9092' }
const user = { KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'u' }

type Env = Record<string, string>
/** An environment, the setting that has to be named, and what to do that has to be said. */
type Bad = [env: Env, setting: string, advice: string | RegExp, command?: Command]

const bad: Bad[] = [
  [{ CLICKTRAIL_PORT: '70000' }, 'CLICKTRAIL_PORT', 'a port from 0 to 65535'],
  [{ CLICKTRAIL_PORT: '-1' }, 'CLICKTRAIL_PORT', 'a port from 0 to 65535'],
  [{ CLICKTRAIL_PORT: 'NaN' }, 'CLICKTRAIL_PORT', 'not "NaN"'],
  [{ CLICKTRAIL_PORT: '80.5' }, 'CLICKTRAIL_PORT', 'a port from 0 to 65535'],
  [{ CLICKTRAIL_PORT: '' }, 'CLICKTRAIL_PORT', 'is empty: give it a value, or leave it out'],
  [{ CLICKTRAIL_PORT: 'tcp://10.0.0.1:80' }, 'CLICKTRAIL_PORT', 'enableServiceLinks: false'],
  [{ CLICKTRAIL_ADMIN_PORT: '127.0.0.1:8081' }, 'CLICKTRAIL_ADMIN_PORT', 'a port from 0 to 65535'],
  [{ CLICKTRAIL_PORT: '9000', CLICKTRAIL_ADMIN_PORT: '9000' }, 'CLICKTRAIL_ADMIN_PORT', 'another port'],
  [{ CLICKTRAIL_ADMIN_PORT: '8080' }, 'CLICKTRAIL_ADMIN_PORT', 'another port'],
  [{ CLICKTRAIL_HOST: 'http://0.0.0.0' }, 'CLICKTRAIL_HOST', 'such as 0.0.0.0'],
  [{ CLICKTRAIL_HOST: 'localhost:8080' }, 'CLICKTRAIL_HOST', 'host name alone'],
  [{ CLICKTRAIL_HOST: '[::1]' }, 'CLICKTRAIL_HOST', 'such as 0.0.0.0 or ::'],
  [{ CLICKTRAIL_HOST: '300.1.1.1' }, 'CLICKTRAIL_HOST', 'must be an address'],
  [{ CLICKTRAIL_DATA_DIR: plainFile }, 'CLICKTRAIL_DATA_DIR', 'is no folder'],
  [{ CLICKTRAIL_DATA_DIR: join(plainFile, 'data') }, 'CLICKTRAIL_DATA_DIR', 'nothing can be written'],
  [{ CLICKTRAIL_TOPIC: 'a topic' }, 'CLICKTRAIL_TOPIC', 'letters, digits, ., _ and -'],
  [{ CLICKTRAIL_TOPIC: '..' }, 'CLICKTRAIL_TOPIC', 'letters, digits, ., _ and -'],
  [{ CLICKTRAIL_ACKS: '2' }, 'CLICKTRAIL_ACKS', 'one of 0, 1, all'],
  [{ CLICKTRAIL_ACKS: '-1' }, 'CLICKTRAIL_ACKS', 'one of 0, 1, all'],
  [{ CLICKTRAIL_FLUSH_MAX_AGE_MS: '10s' }, 'CLICKTRAIL_FLUSH_MAX_AGE_MS', 'a whole number from'],
  [{ CLICKTRAIL_FLUSH_MAX_AGE_MS: '-5' }, 'CLICKTRAIL_FLUSH_MAX_AGE_MS', 'a whole number from'],
  [{ CLICKTRAIL_FLUSH_MAX_BYTES: '64MB' }, 'CLICKTRAIL_FLUSH_MAX_BYTES', 'such as 67108864 or 64MiB'],
  [{ CLICKTRAIL_FLUSH_MAX_BYTES: '0' }, 'CLICKTRAIL_FLUSH_MAX_BYTES', 'at least 1'],
  [{ CLICKTRAIL_FLUSH_MAX_BYTES: '999999999999999GiB' }, 'CLICKTRAIL_FLUSH_MAX_BYTES', 'must be bytes'],
  [{ CLICKTRAIL_FLUSH_MAX_RECORDS: '1e3' }, 'CLICKTRAIL_FLUSH_MAX_RECORDS', 'a whole number from 1'],
  [{ CLICKTRAIL_ORIGINS: 'shop.example' }, 'CLICKTRAIL_ORIGINS', '"shop.example"'],
  [{ CLICKTRAIL_ORIGINS: 'https://a.example/path' }, 'CLICKTRAIL_ORIGINS', 'write https://host'],
  [{ CLICKTRAIL_ORIGINS: '' }, 'CLICKTRAIL_ORIGINS', 'is empty'],
  [{ CLICKTRAIL_ORIGINS: ' , ' }, 'CLICKTRAIL_ORIGINS', 'has no entry'],
  [{ CLICKTRAIL_IP: 'true' }, 'CLICKTRAIL_IP', 'one of off, cut'],
  [{ CLICKTRAIL_USER_AGENT: 'Drop' }, 'CLICKTRAIL_USER_AGENT', 'one of keep, drop'],
  [{ CLICKTRAIL_GPC: 'off' }, 'CLICKTRAIL_GPC', 'one of honor, ignore'],
  [{ CLICKTRAIL_VISITOR: 'weekly' }, 'CLICKTRAIL_VISITOR', 'one of daily, off'],
  [{ CLICKTRAIL_VISITOR_SECRET: 'short' }, 'CLICKTRAIL_VISITOR_SECRET', 'at least 16 characters'],
  [{ CLICKTRAIL_VISITOR_SECRET_FILE: emptyFile }, 'CLICKTRAIL_VISITOR_SECRET_FILE', 'is empty'],
  [{ CLICKTRAIL_VISITOR_SECRET_FILE: plainFile }, 'CLICKTRAIL_VISITOR_SECRET_FILE', 'at least 16 characters'],
  [{ CLICKTRAIL_VISITOR_SECRET_FILE: '/nowhere' }, 'CLICKTRAIL_VISITOR_SECRET_FILE', "can't be read"],
  [
    { CLICKTRAIL_VISITOR_SECRET: 'x'.repeat(20), CLICKTRAIL_VISITOR_SECRET_FILE: secretFile },
    'CLICKTRAIL_VISITOR_SECRET_FILE',
    'keep one',
  ],
  [{ CLICKTRAIL_TRUSTED_PROXIES: '-1' }, 'CLICKTRAIL_TRUSTED_PROXIES', 'a whole number from 0'],
  [{ CLICKTRAIL_TRUSTED_PROXIES: '1.5' }, 'CLICKTRAIL_TRUSTED_PROXIES', 'a whole number from 0'],
  [{ CLICKTRAIL_EVENTS_PATH: 'v1/events' }, 'CLICKTRAIL_EVENTS_PATH', 'with / at its start'],
  [{ CLICKTRAIL_EVENTS_PATH: '/v1/my events' }, 'CLICKTRAIL_EVENTS_PATH', 'must be a path'],
  [{ CLICKTRAIL_EVENTS_PATH: '/v1/events?x=1' }, 'CLICKTRAIL_EVENTS_PATH', 'must be a path'],
  [{ CLICKTRAIL_EVENTS_PATH: '/v1/events/' }, 'CLICKTRAIL_EVENTS_PATH', 'none at its end'],
  [{ CLICKTRAIL_EVENTS_PATH: '/v1/../events' }, 'CLICKTRAIL_EVENTS_PATH', 'must be a path'],
  [{ CLICKTRAIL_EVENTS_PATH: '/clicktrail.js' }, 'CLICKTRAIL_EVENTS_PATH', 'where the script'],
  [{ CLICKTRAIL_EVENTS_PATH: '/a.debug.js', CLICKTRAIL_SCRIPT_PATH: '/a.js' }, 'CLICKTRAIL_SCRIPT_PATH', 'change one'],
  [{ CLICKTRAIL_EVENTS_PATH: '/shop/events' }, 'CLICKTRAIL_EVENTS_PATH', 'a page of the example site', 'start'],
  [{ CLICKTRAIL_SCRIPT_PATH: '//evil.example/x.js' }, 'CLICKTRAIL_SCRIPT_PATH', 'only once'],
  [{ CLICKTRAIL_SCRIPT_PATH: '/track' }, 'CLICKTRAIL_SCRIPT_PATH', 'must end with .js'],
  [{ CLICKTRAIL_SCRIPT_PATH: '/site/t.js' }, 'CLICKTRAIL_SCRIPT_PATH', 'example site', 'start'],
  [{ CLICKTRAIL_PRIVACY_PATH: 'none' }, 'CLICKTRAIL_PRIVACY_PATH', 'must be off, or a path'],
  [{ CLICKTRAIL_PRIVACY_PATH: '/v1/events' }, 'CLICKTRAIL_PRIVACY_PATH', 'change one'],
  [{ CLICKTRAIL_PRIVACY_PATH: '/clicktrail' }, 'CLICKTRAIL_SCRIPT_PATH', '/clicktrail.js'],
  [{ CLICKTRAIL_PRIVACY_PATH: '/clicktrail.debug' }, 'CLICKTRAIL_SCRIPT_PATH', '/clicktrail.debug.js'],
  [{ CLICKTRAIL_EVENTS_PATH: '/.well-known/gpc.json' }, 'CLICKTRAIL_EVENTS_PATH', 'change one'],
  [{ CLICKTRAIL_PRIVACY_PATH: '/shop' }, 'CLICKTRAIL_PRIVACY_PATH', 'a page of the example site', 'start'],
  [{ CLICKTRAIL_FILE_FORMAT: 'parquet' }, 'CLICKTRAIL_FILE_FORMAT', 'one of json.gz, json'],
  [{ CLICKTRAIL_GENERATION: '0' }, 'CLICKTRAIL_GENERATION', 'a whole number from 1'],
  [{ CLICKTRAIL_KIBANA_LINK: 'javascript:alert(1)' }, 'CLICKTRAIL_KIBANA_LINK', 'one http:// or https:// URL'],
  [{ CLICKTRAIL_GRAFANA_LINK: 'https://a:b@grafana' }, 'CLICKTRAIL_GRAFANA_LINK', 'no credentials'],
  [{ CLICKTRAIL_DASHBOARD: 'yes' }, 'CLICKTRAIL_DASHBOARD', 'one of local, public'],
  [{ CLICKTRAIL_LOG_LEVEL: 'verbose' }, 'CLICKTRAIL_LOG_LEVEL', 'one of debug, info, warn, error'],
  [{ CLICKTRAIL_PROT: '1' }, 'CLICKTRAIL_PROT', 'did you mean CLICKTRAIL_PORT?'],
  [{ CLICKTRAIL_ORIGIN: '*' }, 'CLICKTRAIL_ORIGIN', 'did you mean CLICKTRAIL_ORIGINS?'],
  [{ CLICKTRAIL_KAFKA_BROKERS: 'a:1' }, 'CLICKTRAIL_KAFKA_BROKERS', 'did you mean KAFKA_BROKERS?'],
  [{ clicktrail_port: '1' }, 'clicktrail_port', 'did you mean CLICKTRAIL_PORT?'],
  [{ CLICKTRAIL_HDFS_ULR: 'http://a:1' }, 'CLICKTRAIL_HDFS_ULR', 'did you mean HDFS_URL?'],
  [{ CLICKTRAIL_FOO: '1' }, 'CLICKTRAIL_FOO', 'start --help'],
  [{ CLICKTRAIL_DEBUG: '1' }, 'CLICKTRAIL_DEBUG', 'start --help'],
  [{ CLICKTRAIL_FRAUD_DETECTION: 'on' }, 'CLICKTRAIL_FRAUD_DETECTION', 'start --help'],
  [{ CLICKTRAIL_PORT_FILE: plainFile }, 'CLICKTRAIL_PORT_FILE', 'set CLICKTRAIL_PORT itself'],
  [{ KAFKA_SASL_USERNAME_FILE: plainFile }, 'KAFKA_SASL_USERNAME_FILE', 'is no secret'],
  [{ KAFKA_BROKERS: 'kafka' }, 'KAFKA_BROKERS', 'host:port'],
  [{ KAFKA_BROKERS: 'kafka:99999' }, 'KAFKA_BROKERS', 'host:port'],
  [{ KAFKA_BROKERS: 'http://kafka:9092' }, 'KAFKA_BROKERS', 'without a scheme'],
  [{ KAFKA_BROKERS: ',' }, 'KAFKA_BROKERS', 'host:port'],
  [{ KAFKA_BROKERS: 'a:9092,[::1]:9092' }, 'KAFKA_BROKERS', 'a host name that resolves to it'],
  [{ ...kafka, ...user }, 'KAFKA_SASL_PASSWORD', 'set all three or none'],
  [{ ...kafka, KAFKA_SASL_PASSWORD: 'p' }, 'KAFKA_SASL_MECHANISM', 'set all three or none'],
  [
    { ...kafka, ...user, KAFKA_SASL_PASSWORD: 'p', KAFKA_SASL_MECHANISM: 'gssapi' },
    'KAFKA_SASL_MECHANISM',
    'one of plain',
  ],
  [{ ...user, KAFKA_SASL_PASSWORD: 'p' }, 'KAFKA_BROKERS', 'set it to host:port', 'start'],
  [{ ...kafka, KAFKA_SSL: 'yes' }, 'KAFKA_SSL', 'one of true, false'],
  [{ ...kafka, KAFKA_SSL_CA_FILE: '/nowhere.pem' }, 'KAFKA_SSL_CA_FILE', "can't be read"],
  [{ ...kafka, KAFKA_SSL_CA_FILE: plainFile }, 'KAFKA_SSL_CA_FILE', 'must be PEM'],
  [{ ...kafka, KAFKA_SSL_CA_FILE: brokenPem }, 'KAFKA_SSL_CA_FILE', 'broken certificate'],
  [{ ...kafka, KAFKA_SSL: 'false', KAFKA_SSL_CA_FILE: plainFile }, 'KAFKA_SSL', 'leave one out'],
  [{ HDFS_URL: 'hdfs://namenode:8020' }, 'HDFS_URL', 'http://namenode:9870'],
  [{ HDFS_URL: 'http://ada:hunter2@namenode:9870' }, 'HDFS_URL', 'set HDFS_USER'],
  [{ HDFS_DATANODES: 'http://dn1:9864' }, 'HDFS_DATANODES', 'hosts without a scheme'],
  [{ HDFS_PATH: '/events' }, 'HDFS_PATH', 'two folders deep'],
  [{ HDFS_PATH: '/data/../events' }, 'HDFS_PATH', 'absolute path'],
  [{ ELASTICSEARCH_URL: 'localhost:9200' }, 'ELASTICSEARCH_URL', 'http:// or https://'],
  [{ ELASTICSEARCH_URL: 'https://ada:hunter2@es:9200' }, 'ELASTICSEARCH_URL', 'ELASTICSEARCH_PASSWORD'],
  [{ ELASTICSEARCH_URL: 'http://es:9200/?a=b' }, 'ELASTICSEARCH_URL', 'without ?'],
  [{ ELASTICSEARCH_PASSWORD: 'hunter2' }, 'ELASTICSEARCH_USERNAME', 'set both or none'],
  [
    { ELASTICSEARCH_API_KEY: 'hunter2', ELASTICSEARCH_USERNAME: 'u', ELASTICSEARCH_PASSWORD: 'p' },
    'ELASTICSEARCH_API_KEY',
    'keep the one',
  ],
  [{ ELASTICSEARCH_CA_FILE: plainFile }, 'ELASTICSEARCH_CA_FILE', 'must be PEM'],
  [{ ELASTICSEARCH_INDEX: 'Clicks' }, 'ELASTICSEARCH_INDEX', 'lower case'],
]

function problemsOf(env: Env, command: Command): string {
  try {
    loadConfig({ command, env })
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return 'none'
}

describe('a bad configuration is refused, with the setting and what to write', () => {
  it.each(bad)('%j: %s', (env, setting, advice, command = 'collector') => {
    const beganMs = performance.now()
    const line = problemsOf(env, command)
      .split('\n')
      .find(problem => problem.includes(setting))
    expect(line).toMatch(advice)
    expect(line).not.toContain('hunter2')
    expect(performance.now() - beganMs).toBeLessThan(2_000)
  })

  it('all at once', () => {
    const together = {
      CLICKTRAIL_PORT: 'x',
      CLICKTRAIL_ACKS: '2',
      KAFKA_BROKERS: 'a',
      CLICKTRAIL_PROT: '1',
      HDFS_PATH: '/',
    }
    expect(problemsOf(together, 'collector').match(/^ {2}- /gm)).toHaveLength(5)
  })
})

// No time is measured here: on a busy machine the command alone may take seconds to load.
describe('the command', { timeout: 60_000 }, () => {
  const cases: [string[], Env, string[]][] = [
    [['start'], { CLICKTRAIL_PORT: '70000', CLICKTRAIL_ORIGIN: '*' }, ['CLICKTRAIL_PORT', 'CLICKTRAIL_ORIGINS']],
    [['start'], { CLICKTRAIL_DATA_DIR: plainFile }, ['CLICKTRAIL_DATA_DIR']],
    [['collector'], { CLICKTRAIL_ACKS: '3' }, ['CLICKTRAIL_ACKS', 'KAFKA_BROKERS', 'host:port']],
    [['collector', '--port', '1x'], { KAFKA_BROKERS: 'a:1' }, ['--port must be']],
    [['consume', 'hdfs'], {}, ['KAFKA_BROKERS', 'HDFS_URL']],
    [['consume', 'elasticsearch'], { KAFKA_BROKERS: 'a:1', ELASTICSEARCH_URL: 'ftp://a' }, ['ELASTICSEARCH_URL']],
    [['topics', 'apply'], { KAFKA_BROKERS: 'a:1', KAFKA_SSL_CA_FILE: plainFile }, ['KAFKA_SSL_CA_FILE', 'PEM']],
  ]
  it.each(cases)('%j with %j ends with 2 and says all of %j', async (args, env, said) => {
    const { code, output } = await runClicktrail({ args, env })
    expect(code).toBe(2)
    for (const words of said) expect(output).toContain(words)
    expect(output).not.toMatch(/^ {4}at /m)
  })
})
