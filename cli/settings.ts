import { z } from 'zod'
import { originTest } from '../collector/cors.ts'

/** One setting: its environment variable, its flag, and the sentence that `--help` and README show. */
export interface Setting {
  readonly name: string
  readonly help: string
  /** What stands in `--help` where nothing is set. */
  readonly fallback?: string
  readonly schema: z.ZodType
  /** Printed redacted, and may come from a file named by `<NAME>_FILE`. */
  readonly secret?: true
}

const list = z.string().transform(value =>
  value
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== ''),
)

const origins = list.transform((value, context) => {
  try {
    originTest(value)
  } catch (error) {
    context.addIssue(`has an entry that is wrong: ${error instanceof Error ? error.message : error}`)
  }
  return value
})

const port = z.string().transform((value, context) => {
  if (/^tcp:\/\//.test(value)) {
    context.addIssue(
      `is ${value}, which Kubernetes injects for a service of this name: set enableServiceLinks: false in the pod, or rename the service`,
    )
    return z.NEVER
  }
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535) {
    context.addIssue(`must be a port from 0 to 65535, not "${value}"`)
    return z.NEVER
  }
  return Number(value)
})

const units = { '': 1, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30 } as const

const bytes = z.string().transform((value, context) => {
  const match = /^(\d{1,15})\s*(kib|mib|gib|)$/i.exec(value.trim())
  const unit = match?.[2]?.toLowerCase()
  if (match?.[1] === undefined || !(unit === '' || unit === 'kib' || unit === 'mib' || unit === 'gib')) {
    context.addIssue(`must be bytes, such as 67108864 or 64MiB, not "${value}"`)
    return z.NEVER
  }
  return Number(match[1]) * units[unit]
})

function integer(min: number, max: number) {
  return z.string().transform((value, context) => {
    if (!/^\d{1,15}$/.test(value) || Number(value) < min || Number(value) > max) {
      context.addIssue(`must be a whole number from ${min} to ${max}, not "${value}"`)
      return z.NEVER
    }
    return Number(value)
  })
}

function oneOf<const T extends string>(...values: readonly T[]) {
  return z.string().transform((value, context) => {
    const found = values.find(candidate => candidate === value)
    if (found === undefined) context.addIssue(`must be one of ${values.join(', ')}, not "${value}"`)
    return found ?? z.NEVER
  })
}

const urls = list.pipe(
  z.array(z.url({ protocol: /^https?$/, error: 'must be http:// or https:// URLs, comma separated' })).min(1),
)
const path = z
  .string()
  .regex(/^\/[\w./-]+$/, 'must be a path that starts with / and has only letters, digits, ., _, - and /')
const flag = oneOf('true', 'false').transform(value => value === 'true')
const topicName = z.string().regex(/^[\w.-]{1,245}$/, 'must have only letters, digits, ., _ and -, at most 245 of them')

/** Every setting there is. `loadConfig` reads them, each command's flags are made from them, README lists them. */
export const settings = {
  host: {
    name: 'CLICKTRAIL_HOST',
    help: 'address to listen on',
    fallback: '127.0.0.1 in start, 0.0.0.0 in collector',
    schema: z.string().min(1),
  },
  port: { name: 'CLICKTRAIL_PORT', help: 'public port', fallback: '8080', schema: port },
  adminPort: {
    name: 'CLICKTRAIL_ADMIN_PORT',
    help: 'port of /livez, /readyz and /metrics',
    fallback: '8081',
    schema: port,
  },
  dataDir: {
    name: 'CLICKTRAIL_DATA_DIR',
    help: 'folder of the visitor secret, and in start of the embedded topic and landed files',
    fallback: './data',
    schema: z.string().min(1),
  },
  topic: {
    name: 'CLICKTRAIL_TOPIC',
    help: 'topic; its dead letters go to <topic>-dlq',
    fallback: 'clicktrail',
    schema: topicName,
  },
  acks: {
    name: 'CLICKTRAIL_ACKS',
    help: 'acknowledgement to wait for: 0, 1 or all',
    fallback: '1',
    schema: oneOf('0', '1', 'all'),
  },
  flushMaxAgeMs: {
    name: 'CLICKTRAIL_FLUSH_MAX_AGE_MS',
    help: 'a file is closed at this age',
    fallback: '600000, or 10000 with the embedded topic',
    schema: integer(100, 3_000_000),
  },
  flushMaxBytes: {
    name: 'CLICKTRAIL_FLUSH_MAX_BYTES',
    help: 'a file is closed at this size, compressed',
    fallback: '64MiB',
    schema: bytes,
  },
  flushMaxRecords: {
    name: 'CLICKTRAIL_FLUSH_MAX_RECORDS',
    help: 'a file is closed at this number of records',
    fallback: 'no limit',
    schema: integer(1, 1_000_000_000),
  },
  origins: {
    name: 'CLICKTRAIL_ORIGINS',
    help: 'origins that may post, comma separated: https://example.com, *.example.com',
    fallback: '*',
    schema: origins,
  },
  ip: {
    name: 'CLICKTRAIL_IP',
    help: 'off, or cut: store the network (/24, /48) of the address',
    fallback: 'off',
    schema: oneOf('off', 'cut'),
  },
  userAgent: {
    name: 'CLICKTRAIL_USER_AGENT',
    help: 'keep or drop the raw User-Agent',
    fallback: 'keep',
    schema: oneOf('keep', 'drop'),
  },
  gpc: {
    name: 'CLICKTRAIL_GPC',
    help: 'honor or ignore Global Privacy Control',
    fallback: 'honor',
    schema: oneOf('honor', 'ignore'),
  },
  visitor: {
    name: 'CLICKTRAIL_VISITOR',
    help: 'daily: a pseudonym of one day where the browser gives no id; off: none',
    fallback: 'daily',
    schema: oneOf('daily', 'off'),
  },
  visitorSecret: {
    name: 'CLICKTRAIL_VISITOR_SECRET',
    help: 'secret of the pseudonym; collectors of one site share it',
    fallback: 'random, kept in the data folder',
    schema: z.string().min(16, 'must have at least 16 characters'),
    secret: true,
  },
  trustedProxies: {
    name: 'CLICKTRAIL_TRUSTED_PROXIES',
    help: 'proxies in front, counted from the right of X-Forwarded-For',
    fallback: '0',
    schema: integer(0, 10),
  },
  eventsPath: { name: 'CLICKTRAIL_EVENTS_PATH', help: 'where events are posted', fallback: '/v1/events', schema: path },
  scriptPath: {
    name: 'CLICKTRAIL_SCRIPT_PATH',
    help: 'where the SDK is served',
    fallback: '/clicktrail.js',
    schema: path.regex(/\.js$/, 'must end with .js'),
  },
  fileFormat: {
    name: 'CLICKTRAIL_FILE_FORMAT',
    help: 'json.gz or json',
    fallback: 'json.gz',
    schema: oneOf('json.gz', 'json'),
  },
  generation: {
    name: 'CLICKTRAIL_GENERATION',
    help: 'raise it after a topic was deleted and made again',
    fallback: '1',
    schema: integer(1, 9_999),
  },
  dashboard: {
    name: 'CLICKTRAIL_DASHBOARD',
    help: 'local: only from this machine; public: from anywhere',
    fallback: 'local',
    schema: oneOf('local', 'public'),
  },
  logLevel: {
    name: 'CLICKTRAIL_LOG_LEVEL',
    help: 'debug, info, warn or error',
    fallback: 'info',
    schema: oneOf('debug', 'info', 'warn', 'error'),
  },
  kafkaBrokers: {
    name: 'KAFKA_BROKERS',
    help: 'host:port, comma separated; set: Kafka instead of the embedded topic',
    schema: list.pipe(
      z.array(z.string().regex(/^[^\s:]+:\d{1,5}$|^\[[^\]]+\]:\d{1,5}$/, 'must be host:port, comma separated')).min(1),
    ),
  },
  kafkaSaslMechanism: {
    name: 'KAFKA_SASL_MECHANISM',
    help: 'plain, scram-sha-256 or scram-sha-512',
    schema: z
      .string()
      .toLowerCase()
      .pipe(oneOf('plain', 'scram-sha-256', 'scram-sha-512')),
  },
  kafkaSaslUsername: { name: 'KAFKA_SASL_USERNAME', help: 'user of the brokers', schema: z.string().min(1) },
  kafkaSaslPassword: {
    name: 'KAFKA_SASL_PASSWORD',
    help: 'password of that user',
    schema: z.string().min(1),
    secret: true,
  },
  kafkaSsl: { name: 'KAFKA_SSL', help: 'true: TLS to the brokers', fallback: 'false', schema: flag },
  kafkaSslCaFile: {
    name: 'KAFKA_SSL_CA_FILE',
    help: 'PEM file of the certificate authority',
    schema: z.string().min(1),
  },
  hdfsUrl: {
    name: 'HDFS_URL',
    help: 'WebHDFS or HttpFS addresses, comma separated; set: HDFS instead of the local folder',
    schema: urls,
  },
  hdfsUser: {
    name: 'HDFS_USER',
    help: 'user.name on HDFS',
    fallback: 'the user that runs this',
    schema: z.string().min(1),
  },
  hdfsPath: {
    name: 'HDFS_PATH',
    help: 'folder of the table',
    fallback: '/data/events',
    schema: z
      .string()
      .regex(/^\/[^/]+\/.*[^/]$/, 'must be an absolute path at least two folders deep, such as /data/events'),
  },
  elasticsearchUrl: {
    name: 'ELASTICSEARCH_URL',
    help: 'nodes, comma separated; set: the Elasticsearch writer runs too',
    schema: urls,
  },
  elasticsearchApiKey: { name: 'ELASTICSEARCH_API_KEY', help: 'API key', schema: z.string().min(1), secret: true },
  elasticsearchUsername: {
    name: 'ELASTICSEARCH_USERNAME',
    help: 'user, where no API key is set',
    schema: z.string().min(1),
  },
  elasticsearchPassword: {
    name: 'ELASTICSEARCH_PASSWORD',
    help: 'password of that user',
    schema: z.string().min(1),
    secret: true,
  },
  elasticsearchCaFile: {
    name: 'ELASTICSEARCH_CA_FILE',
    help: 'PEM file of the certificate authority',
    schema: z.string().min(1),
  },
  elasticsearchIndex: {
    name: 'ELASTICSEARCH_INDEX',
    help: 'daily indices are <index>-YYYY.MM.DD',
    fallback: 'clicktrail',
    schema: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,200}$/, 'must be lower case letters, digits, _ and -'),
  },
} satisfies Record<string, Setting>

export type SettingKey = keyof typeof settings

/** `CLICKTRAIL_DATA_DIR` → `--data-dir`, `KAFKA_BROKERS` → `--kafka-brokers`. */
export function flagOf(setting: Setting): string {
  return `--${setting.name
    .replace(/^CLICKTRAIL_/, '')
    .toLowerCase()
    .replaceAll('_', '-')}`
}
