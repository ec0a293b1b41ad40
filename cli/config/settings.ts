import type { z } from 'zod'
import * as schemas from './setting-schemas.ts'

const { bytesFrom, flag, integer, matching, oneOf, path, port, text } = schemas

/** One setting: its environment variable, its flag, and the sentence that `--help` and README show. */
export interface Setting {
  readonly name: string
  readonly help: string
  /** What stands in `--help` where nothing is set. */
  readonly fallback?: string
  readonly schema: z.ZodType
  /** What to write, where a command has no work without the setting. */
  readonly example?: string
  /** Printed redacted, and may come from a file named by `<NAME>_FILE`. */
  readonly secret?: true
}

/** Every setting there is. `loadConfig` reads them, each command's flags are made from them, README lists them. */
export const settings = {
  host: {
    name: 'CLICKTRAIL_HOST',
    help: 'address to listen on',
    fallback: '127.0.0.1 in start, else 0.0.0.0',
    schema: schemas.host,
  },
  port: { name: 'CLICKTRAIL_PORT', help: 'public port', fallback: '8080', schema: port },
  adminPort: {
    name: 'CLICKTRAIL_ADMIN_PORT',
    help: 'port of /livez, /readyz and /metrics',
    fallback: '8081, 8082 in consume hdfs, 8083 in consume elasticsearch, 8084 in consume dlq, 8085 in audit',
    schema: port,
  },
  dataDir: {
    name: 'CLICKTRAIL_DATA_DIR',
    help: 'folder of the visitor secret and the spool, and in start of the embedded topic and landed files',
    fallback: './data',
    schema: text,
  },
  topic: {
    name: 'CLICKTRAIL_TOPIC',
    help: 'topic; its dead letters go to <topic>-dlq',
    fallback: 'clicktrail',
    schema: schemas.topicName,
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
    schema: bytesFrom(1),
  },
  flushMaxRecords: {
    name: 'CLICKTRAIL_FLUSH_MAX_RECORDS',
    help: 'a file is closed at this number of records',
    fallback: 'no limit',
    schema: integer(1, 1_000_000_000),
  },
  spoolMaxBytes: {
    name: 'CLICKTRAIL_SPOOL_MAX_BYTES',
    help: 'what the collector keeps in the data folder while Kafka is away, at most; 0: nothing',
    fallback: '1GiB',
    schema: schemas.bytes,
  },
  origins: {
    name: 'CLICKTRAIL_ORIGINS',
    help: 'origins that may post, comma separated: https://example.com, *.example.com',
    fallback: '*',
    schema: schemas.origins,
  },
  sitesFile: {
    name: 'CLICKTRAIL_SITES_FILE',
    help: 'JSON file of the sites that may post, each with its own origins; read at the start',
    fallback: 'any site',
    schema: text.min(1),
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
    schema: schemas.atLeast(16),
    secret: true,
  },
  trustedProxies: {
    name: 'CLICKTRAIL_TRUSTED_PROXIES',
    help: 'proxies in front, counted from the right of X-Forwarded-For',
    fallback: '0',
    schema: integer(0, 10),
  },
  rateLimit: {
    name: 'CLICKTRAIL_RATE_LIMIT',
    help: 'requests a second and client address (/64 of IPv6) for events, up to 10000; more get 429. 0: any number',
    fallback: '0',
    schema: integer(0, 10_000),
  },
  eventsPath: { name: 'CLICKTRAIL_EVENTS_PATH', help: 'where events are posted', fallback: '/v1/events', schema: path },
  scriptPath: {
    name: 'CLICKTRAIL_SCRIPT_PATH',
    help: 'where the SDK is served',
    fallback: '/clicktrail.js',
    schema: schemas.scriptPath,
  },
  privacyPath: {
    name: 'CLICKTRAIL_PRIVACY_PATH',
    help: 'where visitors read what is stored and refuse; .json and .js lie behind it, and /.well-known/gpc.json comes with it. off: nowhere',
    fallback: '/privacy',
    schema: schemas.pathOrOff,
  },
  privacyRetention: {
    name: 'CLICKTRAIL_PRIVACY_RETENTION',
    help: 'how long you keep events, as that page tells it: 90 days',
    fallback: 'not stated by the operator',
    schema: text,
  },
  privacyContact: {
    name: 'CLICKTRAIL_PRIVACY_CONTACT',
    help: 'whom visitors may ask, as that page tells it: an address of mail, an https:// URL, or words',
    schema: text,
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
  kibanaLink: {
    name: 'CLICKTRAIL_KIBANA_LINK',
    help: 'where Kibana is, for the link on the dashboard',
    schema: schemas.link,
  },
  grafanaLink: {
    name: 'CLICKTRAIL_GRAFANA_LINK',
    help: 'where Grafana is, for the link on the dashboard',
    schema: schemas.link,
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
    example: 'host:port of your brokers',
    schema: schemas.brokers,
  },
  kafkaSaslMechanism: {
    name: 'KAFKA_SASL_MECHANISM',
    help: 'plain, scram-sha-256 or scram-sha-512',
    schema: text.toLowerCase().pipe(oneOf('plain', 'scram-sha-256', 'scram-sha-512')),
  },
  kafkaSaslUsername: { name: 'KAFKA_SASL_USERNAME', help: 'user of the brokers', schema: text },
  kafkaSaslPassword: {
    name: 'KAFKA_SASL_PASSWORD',
    help: 'password of that user',
    schema: text,
    secret: true,
  },
  kafkaSsl: { name: 'KAFKA_SSL', help: 'true: TLS to the brokers', fallback: 'false', schema: flag },
  kafkaSslCaFile: {
    name: 'KAFKA_SSL_CA_FILE',
    help: 'PEM file of the certificate authority',
    schema: text,
  },
  hdfsUrl: {
    name: 'HDFS_URL',
    help: 'WebHDFS or HttpFS addresses, comma separated; set: HDFS instead of the local folder',
    example: 'http://namenode:9870',
    schema: schemas.urls('HDFS_USER'),
  },
  hdfsUser: {
    name: 'HDFS_USER',
    help: 'user.name on HDFS',
    fallback: 'the user that runs this',
    schema: text,
  },
  hdfsPath: {
    name: 'HDFS_PATH',
    help: 'folder of the table',
    fallback: '/data/events',
    schema: schemas.hdfsPath,
  },
  hiveCommand: {
    name: 'CLICKTRAIL_HIVE_COMMAND',
    help: 'run for each new hour, with ALTER TABLE … ADD PARTITION as its last argument: beeline -u … -e',
    schema: schemas.command,
  },
  hiveTable: {
    name: 'CLICKTRAIL_HIVE_TABLE',
    help: 'name of the Hive table, with its database or without',
    fallback: 'events',
    schema: schemas.hiveTable,
  },
  hdfsDataNodes: {
    name: 'HDFS_DATANODES',
    help: 'DataNodes that files may be sent to, comma separated: host, *.domain, either with :port; unset: any that the NameNode names',
    example: '*.data.example',
    schema: schemas.dataNodes,
  },
  elasticsearchUrl: {
    name: 'ELASTICSEARCH_URL',
    help: 'nodes, comma separated; set: the Elasticsearch writer runs too',
    example: 'http://host:9200',
    schema: schemas.urls('ELASTICSEARCH_USERNAME and ELASTICSEARCH_PASSWORD, or ELASTICSEARCH_API_KEY'),
  },
  elasticsearchApiKey: { name: 'ELASTICSEARCH_API_KEY', help: 'API key', schema: text, secret: true },
  elasticsearchUsername: {
    name: 'ELASTICSEARCH_USERNAME',
    help: 'user, where no API key is set',
    schema: text,
  },
  elasticsearchPassword: {
    name: 'ELASTICSEARCH_PASSWORD',
    help: 'password of that user',
    schema: text,
    secret: true,
  },
  elasticsearchCaFile: {
    name: 'ELASTICSEARCH_CA_FILE',
    help: 'PEM file of the certificate authority',
    schema: text,
  },
  elasticsearchIndex: {
    name: 'ELASTICSEARCH_INDEX',
    help: 'daily indices are <index>-YYYY.MM.DD',
    fallback: 'clicktrail',
    schema: matching(/^[a-z0-9][a-z0-9_-]{0,200}$/, 'lower case letters, digits, _ and -, at most 201 of them'),
  },
  slackWebhookUrl: {
    name: 'CLICKTRAIL_SLACK_WEBHOOK_URL',
    help: 'incoming webhook that report --slack sends to',
    schema: schemas.secretUrl,
    secret: true,
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
