import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs, { type Admin, type Kafka } from 'kafkajs'
import type { Logger } from 'pino'
import { TopicError } from '../topic.ts'
import { clusterWarnings, partitionsOf, withAdmin } from './ask-cluster.ts'
import { type PlanOptions, planTopics, type TopicPlan } from './plan-topics.ts'

export interface ApplyTopicsOptions extends PlanOptions {
  logger?: Logger
}

/** What became of one topic. */
export interface AppliedTopic {
  topic: string
  created: boolean
  partitions: { before: number; after: number }
  /** Only what was changed; `before` is undefined for a topic that was made. */
  configs: { name: string; before: string | undefined; after: string }[]
}

export interface ApplyReport {
  topics: AppliedTopic[]
  /** For people: what was asked for and not done, and what is dangerous in the cluster's settings. */
  warnings: string[]
}

const waitForLeadersMs = 30_000
/** KIP-133: set on the topic itself, rather than inherited. */
const topicConfigSource = 1

/** With `waitForLeaders`, kafkajs throws UNKNOWN_TOPIC_OR_PARTITION for topics that were made; so we ask until all have a leader. */
async function awaitLeaders(admin: Admin, topic: string, count: number): Promise<void> {
  const deadline = Date.now() + waitForLeadersMs
  let last: unknown
  while (Date.now() < deadline) {
    try {
      const partitions = await partitionsOf(admin, topic)
      if (partitions.length >= count && partitions.every(({ leader }) => leader >= 0)) return
    } catch (error) {
      last = error
    }
    await sleep(100)
  }
  throw new TopicError('unavailable', `${topic}: not every partition has a leader after 30 s`, { cause: last })
}

async function ownConfigs(admin: Admin, topic: string): Promise<Map<string, { value: string; own: boolean }>> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }],
  })
  const entries = resources[0]?.configEntries ?? []
  return new Map(
    entries.map(entry => [
      entry.configName,
      { value: entry.configValue, own: Number(entry.configSource) === topicConfigSource },
    ]),
  )
}

/** Sets what differs. AlterConfigs replaces all of a topic's settings (KIP-339), so the others are sent along. */
async function alterConfigs(admin: Admin, { topic, configs }: TopicPlan): Promise<AppliedTopic['configs']> {
  const present = await ownConfigs(admin, topic)
  const changes = Object.entries(configs)
    .filter(([name, value]) => present.get(name)?.value !== value)
    .map(([name, value]) => ({ name, before: present.get(name)?.value, after: value }))
  if (changes.length === 0) return []
  const kept = [...present].filter(([name, { own }]) => own && !(name in configs))
  await admin.alterConfigs({
    validateOnly: false,
    resources: [
      {
        type: kafkajs.ConfigResourceTypes.TOPIC,
        name: topic,
        configEntries: [
          ...kept.map(([name, { value }]) => ({ name, value })),
          ...Object.entries(configs).map(([name, value]) => ({ name, value })),
        ],
      },
    ],
  })
  return changes
}

async function createTopic(admin: Admin, plan: TopicPlan): Promise<AppliedTopic> {
  const configEntries = Object.entries(plan.configs).map(([name, value]) => ({ name, value }))
  const { topic, partitions: numPartitions, replicationFactor } = plan
  await admin.createTopics({
    waitForLeaders: false,
    topics: [{ topic, numPartitions, replicationFactor, configEntries }],
  })
  await awaitLeaders(admin, topic, numPartitions)
  return {
    topic,
    created: true,
    partitions: { before: 0, after: numPartitions },
    configs: configEntries.map(({ name, value }) => ({ name, before: undefined, after: value })),
  }
}

async function applyTopic(admin: Admin, plan: TopicPlan, warnings: string[]): Promise<AppliedTopic> {
  const { topic, partitions, replicationFactor } = plan
  const present = await partitionsOf(admin, topic)
  const before = present.length
  if (before === 0) return createTopic(admin, plan)
  const replicas = Math.min(...present.map(entry => entry.replicas.length))
  if (replicas !== replicationFactor) {
    warnings.push(
      `${topic} has replication factor ${replicas}, not ${replicationFactor}: this command does not move replicas, kafka-reassign-partitions does`,
    )
  }
  if (before > partitions) warnings.push(`${topic} keeps its ${before} partitions: they are never lowered`)
  if (before < partitions) {
    await admin.createPartitions({ topicPartitions: [{ topic, count: partitions }] })
    await awaitLeaders(admin, topic, partitions)
  }
  const configs = await alterConfigs(admin, plan)
  return { topic, created: false, partitions: { before, after: Math.max(before, partitions) }, configs }
}

/**
 * Makes the topic and `<topic>-dlq`, or brings them to what is asked: partitions are raised and never lowered, of the settings only
 * those asked for are touched. Applying twice changes nothing. Throws a {@link TopicError} `closed` for options that can't be, among
 * them a replication factor above the number of brokers.
 */
export function applyTopics(kafka: Kafka, { logger, ...options }: ApplyTopicsOptions): Promise<ApplyReport> {
  return withAdmin(kafka, `apply ${options.topic}`, async admin => {
    const { brokers } = await admin.describeCluster()
    const plans = planTopics(options, brokers.length)
    const warnings = await clusterWarnings(admin, brokers)
    const topics: AppliedTopic[] = []
    for (const plan of plans) {
      const applied = await applyTopic(admin, plan, warnings)
      logger?.info({ ...applied }, 'applied a topic')
      topics.push(applied)
    }
    return { topics, warnings }
  })
}
