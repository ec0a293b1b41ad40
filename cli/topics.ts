import { Command, InvalidArgumentError } from 'commander'
import { type ApplyReport, applyTopics } from '../topic/kafka/admin.ts'
import { kafkaClient } from '../topic/kafka/connect.ts'
import { type DescribeReport, describeTopics } from '../topic/kafka/describe-topics.ts'
import type { Config } from './config/config.ts'
import { reach } from './open/reach.ts'
import { requireKafka } from './options/cluster.ts'
import { toCommand, topicSettings } from './options/options.ts'

export function topics(): Command {
  return new Command('topics')
    .description('make the topic and its dead-letter topic, and look at them')
    .addCommand(
      toCommand({
        name: 'apply',
        command: 'topics',
        help: 'make both topics, or bring them to what is asked; partitions are raised, never lowered; safe to repeat',
        settings: topicSettings,
        needs: ['kafkaBrokers'],
        flags: [
          { flags: '--partitions <n>', help: 'at least 2 (default: 6)', parse: whole },
          { flags: '--replication-factor <n>', help: 'copies of each partition (default: 2)', parse: whole },
          { flags: '--durable', help: 'replication factor 3 and min.insync.replicas 2, for acks=all' },
          {
            flags: '--retention <time>',
            help: 'how long records stay, such as 7d or 12h (default: the broker’s)',
            parse: time,
          },
        ],
        run: apply,
      }),
    )
    .addCommand(
      toCommand({
        name: 'describe',
        command: 'topics',
        help: 'print leaders, replicas, offsets and skew of both topics',
        settings: topicSettings,
        needs: ['kafkaBrokers'],
        run: describe,
      }),
    )
}

async function describe(config: Config): Promise<void> {
  const kafka = requireKafka(config, 'topics describe')
  printDescription(await reach('KAFKA_BROKERS', kafka.brokers, describeTopics(kafkaClient(kafka), config)))
}

async function apply(config: Config, flags: Readonly<Record<string, unknown>>): Promise<void> {
  const kafka = requireKafka(config, 'topics apply')
  const { partitions, replicationFactor, durable, retention } = flags
  const applied = applyTopics(kafkaClient(kafka), {
    topic: config.topic,
    ...(typeof partitions === 'number' ? { partitions } : {}),
    ...(typeof replicationFactor === 'number' ? { replicationFactor } : {}),
    ...(typeof retention === 'number' ? { retentionMs: retention } : {}),
    durable: durable === true,
  })
  printApplied(await reach('KAFKA_BROKERS', kafka.brokers, applied))
}

function printApplied({ topics: applied, warnings }: ApplyReport): void {
  for (const { topic, created, partitions, configs } of applied) {
    const raised = partitions.after > partitions.before ? `, was ${partitions.before}` : ''
    const what = created ? 'made' : raised || configs.length > 0 ? 'changed' : 'as asked already'
    console.log(`${topic}  ${what}: ${partitions.after} partitions${created ? '' : raised}`)
    for (const { name, before, after } of configs) console.log(`  ${name}=${after}${before ? ` (was ${before})` : ''}`)
  }
  for (const warning of warnings) console.error(`warning: ${warning}`)
}

function printDescription({ topics: described, warnings }: DescribeReport): void {
  for (const { topic, partitions, skew } of described) {
    if (partitions.length === 0) continue
    console.log(
      `${topic}: skew of leaders ${skew.leaders.toFixed(2)}, of records ${skew.records.toFixed(2)} (1 is even)`,
    )
    console.table(
      partitions.map(({ partition, leader, replicas, isr, low, high }) => ({
        partition,
        leader,
        replicas: replicas.join(','),
        'in sync': isr.join(','),
        low,
        high,
        records: high - low,
      })),
    )
  }
  for (const warning of warnings) console.error(`warning: ${warning}`)
  if (described.some(({ partitions }) => partitions.length === 0)) process.exitCode = 1
}

function whole(value: string): number {
  if (!/^[1-9]\d{0,5}$/.test(value)) throw new InvalidArgumentError('It must be a whole number from 1.')
  return Number(value)
}

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

function time(value: string): number {
  const match = /^([1-9]\d{0,5})([smhd])$/.exec(value)
  const unit = match?.[2]
  if (!match || !(unit === 's' || unit === 'm' || unit === 'h' || unit === 'd')) {
    throw new InvalidArgumentError('It must be a number with s, m, h or d, such as 7d.')
  }
  return Number(match[1]) * unitMs[unit]
}
