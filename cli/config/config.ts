import { userInfo } from 'node:os'
import { resolve } from 'node:path'
import { readSites, type Sites } from '../../collector/http/sites.ts'
import type { KafkaOptions } from '../../topic/kafka/connect.ts'
import { conflicts } from './conflicts.ts'
import { folderFault, readCertificates, readText } from './files.ts'
import { type Setting, type SettingKey, settings } from './settings.ts'
import { readSources, type Sources, type Told } from './sources.ts'

/** What a process was told to do: environment and flags, validated, with every default filled in. */
export type Config = ReturnType<typeof loadConfig>

export type Command =
  | 'start'
  | 'collector'
  | 'consume hdfs'
  | 'consume elasticsearch'
  | 'topics'
  | 'elasticsearch'
  | 'hive'
  | 'hdfs'
  | 'kibana'
  | 'reload'
  | 'dlq'
  | 'consume dlq'
  | 'report'
  | 'audit'

/** The writers have ports of their own, so that all can run on one machine. */
const adminPortOf: Partial<Record<Command, number>> = {
  'consume hdfs': 8082,
  'consume elasticsearch': 8083,
  'consume dlq': 8084,
  audit: 8085,
}

/** Every problem of the configuration at once, each with the name of its setting. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'

  constructor(problems: readonly string[]) {
    super(`Configuration:\n${problems.map(problem => `  - ${problem}`).join('\n')}`)
  }
}

export interface Given extends Told {
  command: Command
  /** Settings without which there is no work, and how the command that needs them is called. */
  needs?: { who: string; keys: readonly SettingKey[] }
}

type Output<K extends SettingKey> = ReturnType<(typeof settings)[K]['schema']['parse']>

/**
 * Reads every setting once. Nothing else in Clicktrail reads the environment.
 * @throws ConfigError with all problems together
 */
export function loadConfig(given: Given) {
  return loadConfigFrom(given).config
}

/** The same, with where each setting that is given came from. */
export function loadConfigFrom({ command, needs, ...told }: Given) {
  const problems: string[] = []
  const sources = readSources(told, problems)
  const read: Read = key => {
    const source = sources.get(key)
    if (source === undefined) return undefined
    const result = settings[key].schema.safeParse(source.text)
    if (result.success) return result.data as Output<typeof key>
    problems.push(`${source.from} ${result.error.issues[0]?.message}`)
    return undefined
  }

  const dataDir = resolve(read('dataDir') ?? './data')
  const acks = { '0': 0, '1': 1, all: -1 } as const
  const config = {
    host: read('host') ?? (command === 'start' ? '127.0.0.1' : '0.0.0.0'),
    port: read('port') ?? 8080,
    adminPort: read('adminPort') ?? adminPortOf[command] ?? 8081,
    dataDir,
    eventsDir: resolve(dataDir, 'events'),
    topic: read('topic') ?? 'clicktrail',
    acks: acks[read('acks') ?? '1'],
    spoolMaxBytes: read('spoolMaxBytes') ?? 2 ** 30,
    flush: {
      maxAgeMs: read('flushMaxAgeMs') ?? (sources.has('kafkaBrokers') ? 600_000 : 10_000),
      maxBytes: read('flushMaxBytes') ?? 64 * 2 ** 20,
      maxRecords: read('flushMaxRecords') ?? Number.POSITIVE_INFINITY,
    },
    origins: read('origins') ?? ['*'],
    sites: sitesOf(read('sitesFile'), problems),
    ip: read('ip') ?? 'off',
    userAgent: read('userAgent') ?? 'keep',
    gpc: read('gpc') ?? 'honor',
    visitor: read('visitor') ?? 'daily',
    visitorSecret: read('visitorSecret'),
    trustedProxies: read('trustedProxies') ?? 0,
    rateLimit: read('rateLimit') ?? 0,
    eventsPath: read('eventsPath') ?? '/v1/events',
    scriptPath: read('scriptPath') ?? '/clicktrail.js',
    privacy: {
      path: read('privacyPath') ?? '/privacy',
      retention: read('privacyRetention') ?? 'not stated by the operator',
      contact: read('privacyContact'),
    },
    format: read('fileFormat') ?? 'json.gz',
    generation: read('generation') ?? 1,
    dashboard: read('dashboard') ?? 'local',
    links: { kibana: read('kibanaLink'), grafana: read('grafanaLink') },
    logLevel: read('logLevel') ?? 'info',
    kafka: kafkaOptions(sources, read, problems),
    hdfs: hdfsOptions(read),
    hive: { command: read('hiveCommand'), table: read('hiveTable') ?? 'events' },
    elasticsearch: elasticsearchOptions(sources, read, problems),
    slackWebhookUrl: read('slackWebhookUrl'),
  } as const
  if (command === 'start' || command === 'collector') {
    problems.push(...conflicts({ ...config, site: command === 'start' }))
    const fault = folderFault(dataDir)
    if (fault) problems.push(`CLICKTRAIL_DATA_DIR is ${dataDir}, where nothing can be written: ${fault}`)
  }
  for (const key of needs?.keys ?? []) {
    if (!sources.has(key)) problems.push(missing(settings[key], needs?.who ?? command))
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return { config, sources }
}

/** What is said where a command has no work without a setting. */
export function missing({ name, example }: Setting, who: string): string {
  return `${name} is not set, and ${who} needs it: set it to ${example ?? 'a value'}, or run "clicktrail start", which needs no server`
}

type Read = <K extends SettingKey>(key: K) => Output<K> | undefined

function sitesOf(path: string | undefined, problems: string[]): Sites | undefined {
  if (path === undefined) return undefined
  const text = readText(path, 'CLICKTRAIL_SITES_FILE', problems)
  if (text === '') return undefined
  const read = readSites(text)
  if ('sites' in read) return read.sites
  problems.push(...read.problems.map(problem => `CLICKTRAIL_SITES_FILE names ${path}, where ${problem}`))
  return undefined
}

function kafkaOptions(sources: Sources, read: Read, problems: string[]): KafkaOptions | undefined {
  const brokers = read('kafkaBrokers')
  const mechanism = read('kafkaSaslMechanism')
  const username = read('kafkaSaslUsername')
  const password = read('kafkaSaslPassword')
  const tls = read('kafkaSsl')
  const caFile = read('kafkaSslCaFile')
  const sasl = ['kafkaSaslMechanism', 'kafkaSaslUsername', 'kafkaSaslPassword'] as const
  const given = sasl.filter(key => sources.has(key)).length
  if (given > 0 && given < sasl.length) {
    problems.push(
      'KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD go together: set all three or none',
    )
  }
  if (tls === false && caFile)
    problems.push('KAFKA_SSL is false, yet KAFKA_SSL_CA_FILE is set: set it to true, or leave one out')
  if (!sources.has('kafkaBrokers')) {
    const idle = [...sasl, 'kafkaSsl' as const, 'kafkaSslCaFile' as const].find(key => sources.has(key))
    if (idle && tls !== false)
      problems.push(`${settings[idle].name} is set, but KAFKA_BROKERS is not: set it to host:port`)
  }
  const ssl = caFile ? { ca: readCertificates(caFile, 'KAFKA_SSL_CA_FILE', problems) } : (tls ?? false)
  return (
    brokers && {
      brokers,
      ssl,
      ...(mechanism && username && password ? { sasl: { mechanism, username, password } } : {}),
    }
  )
}

function hdfsOptions(read: Read) {
  const urls = read('hdfsUrl')
  const path = read('hdfsPath') ?? '/data/events'
  const user = read('hdfsUser') ?? userInfo().username
  return { urls, user, path, dataNodes: read('hdfsDataNodes') }
}

function elasticsearchOptions(sources: Sources, read: Read, problems: string[]) {
  const apiKey = read('elasticsearchApiKey')
  const username = read('elasticsearchUsername')
  const password = read('elasticsearchPassword')
  const caFile = read('elasticsearchCaFile')
  if (sources.has('elasticsearchUsername') !== sources.has('elasticsearchPassword')) {
    problems.push('ELASTICSEARCH_USERNAME and ELASTICSEARCH_PASSWORD go together: set both or none')
  }
  if (apiKey && username) {
    problems.push('ELASTICSEARCH_API_KEY and ELASTICSEARCH_USERNAME are both set: keep the one that is to be used')
  }
  return {
    urls: read('elasticsearchUrl'),
    index: read('elasticsearchIndex') ?? 'clicktrail',
    credentials: {
      ...(apiKey ? { apiKey } : {}),
      ...(username && password ? { username, password } : {}),
      ...(caFile ? { ca: readCertificates(caFile, 'ELASTICSEARCH_CA_FILE', problems) } : {}),
    },
  }
}
