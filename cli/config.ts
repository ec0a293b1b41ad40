import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { resolve } from 'node:path'
import type { KafkaOptions } from '../topic/kafka/connect.ts'
import { flagOf, type Setting, type SettingKey, settings } from './settings.ts'

/** What a process was told to do: environment and flags, validated, with every default filled in. */
export type Config = ReturnType<typeof loadConfig>

export type Command = 'start' | 'collector' | 'consume' | 'topics' | 'elasticsearch' | 'hive'

/** Every problem of the configuration at once, each with the name of its setting. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'

  constructor(problems: readonly string[]) {
    super(`Configuration:\n${problems.map(problem => `  - ${problem}`).join('\n')}`)
  }
}

export interface Given {
  command: Command
  env: Readonly<Record<string, string | undefined>>
  /** Flags by setting; they win over the environment. */
  flags?: Readonly<Partial<Record<SettingKey, string>>>
}

type Output<K extends SettingKey> = ReturnType<(typeof settings)[K]['schema']['parse']>

const known = new Set<string>(
  Object.values(settings).flatMap((setting: Setting) => [setting.name, `${setting.name}_FILE`]),
)

/** Kubernetes injects `<SERVICE>_SERVICE_HOST`, `<SERVICE>_PORT_8080_TCP` and the like for each service of the namespace. */
const injected = /_SERVICE_|_PORT_\d+_|_SERVICE$/

/**
 * Reads every setting once. Nothing else in Clicktrail reads the environment.
 * @throws ConfigError with all problems together
 */
export function loadConfig({ command, env, flags = {} }: Given) {
  const problems: string[] = []
  for (const name of Object.keys(env)) {
    if (name.startsWith('CLICKTRAIL_') && !known.has(name) && !injected.test(name)) {
      problems.push(`${name} is not a setting of Clicktrail: see clicktrail ${command} --help`)
    }
  }

  const source = (key: SettingKey): { text: string; from: string } | undefined => {
    const setting: Setting = settings[key]
    const flag = flags[key]
    if (flag !== undefined) return { text: flag, from: flagOf(setting) }
    const value = env[setting.name]
    if (value !== undefined && value !== '') return { text: value, from: setting.name }
    const file = setting.secret ? env[`${setting.name}_FILE`] : undefined
    return file ? { text: readText(file, `${setting.name}_FILE`, problems), from: `${setting.name}_FILE` } : undefined
  }
  const read = <K extends SettingKey>(key: K): Output<K> | undefined => {
    const given = source(key)
    if (given === undefined) return undefined
    const result = settings[key].schema.safeParse(given.text)
    if (result.success) return result.data as Output<K>
    problems.push(`${given.from} ${result.error.issues[0]?.message}`)
    return undefined
  }

  const brokers = read('kafkaBrokers')
  const dataDir = resolve(read('dataDir') ?? './data')
  const acks = { '0': 0, '1': 1, all: -1 } as const
  const config = {
    host: read('host') ?? (command === 'start' ? '127.0.0.1' : '0.0.0.0'),
    port: read('port') ?? 8080,
    adminPort: read('adminPort') ?? 8081,
    dataDir,
    eventsDir: resolve(dataDir, 'events'),
    topic: read('topic') ?? 'clicktrail',
    acks: acks[read('acks') ?? '1'],
    flush: {
      maxAgeMs: read('flushMaxAgeMs') ?? (brokers ? 600_000 : 10_000),
      maxBytes: read('flushMaxBytes') ?? 64 * 2 ** 20,
      maxRecords: read('flushMaxRecords') ?? Number.POSITIVE_INFINITY,
    },
    origins: read('origins') ?? ['*'],
    ip: read('ip') ?? 'off',
    userAgent: read('userAgent') ?? 'keep',
    gpc: read('gpc') ?? 'honor',
    visitor: read('visitor') ?? 'daily',
    visitorSecret: read('visitorSecret'),
    trustedProxies: read('trustedProxies') ?? 0,
    eventsPath: read('eventsPath') ?? '/v1/events',
    scriptPath: read('scriptPath') ?? '/clicktrail.js',
    format: read('fileFormat') ?? 'json.gz',
    generation: read('generation') ?? 1,
    dashboard: read('dashboard') ?? 'local',
    logLevel: read('logLevel') ?? 'info',
    kafka: kafkaOptions(brokers, read, problems),
    hdfs: hdfsOptions(read),
    elasticsearch: elasticsearchOptions(read, problems),
  } as const
  if (problems.length > 0) throw new ConfigError(problems)
  return config
}

type Read = <K extends SettingKey>(key: K) => Output<K> | undefined

function kafkaOptions(brokers: string[] | undefined, read: Read, problems: string[]): KafkaOptions | undefined {
  const mechanism = read('kafkaSaslMechanism')
  const username = read('kafkaSaslUsername')
  const password = read('kafkaSaslPassword')
  const ca = read('kafkaSslCaFile')
  if ((mechanism || username || password) && !(mechanism && username && password)) {
    problems.push(
      'KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD go together: set all three or none',
    )
  }
  const ssl = ca ? { ca: readText(ca, 'KAFKA_SSL_CA_FILE', problems) } : (read('kafkaSsl') ?? false)
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
  return { urls, user, path }
}

function elasticsearchOptions(read: Read, problems: string[]) {
  const apiKey = read('elasticsearchApiKey')
  const username = read('elasticsearchUsername')
  const password = read('elasticsearchPassword')
  const caFile = read('elasticsearchCaFile')
  if ((username === undefined) !== (password === undefined)) {
    problems.push('ELASTICSEARCH_USERNAME and ELASTICSEARCH_PASSWORD go together: set both or none')
  }
  return {
    urls: read('elasticsearchUrl'),
    index: read('elasticsearchIndex') ?? 'clicktrail',
    credentials: {
      ...(apiKey ? { apiKey } : {}),
      ...(username && password ? { username, password } : {}),
      ...(caFile ? { ca: readText(caFile, 'ELASTICSEARCH_CA_FILE', problems) } : {}),
    },
  }
}

function readText(path: string, from: string, problems: string[]): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    problems.push(`${from} names ${path}, which can't be read: ${error instanceof Error ? error.message : error}`)
    return ''
  }
}
