import { elasticsearchClient } from '../../consumers/elasticsearch/client.ts'
import { spawnClicktrail } from '../../test/support/clicktrail.ts'
import { removeIndex } from '../../test/support/remove-index.ts'
import { until } from '../../test/support/until.ts'
import { applyTopics } from '../../topic/kafka/admin.ts'
import { adminSession } from '../../topic/kafka/admin-session.ts'
import { kafkaClient } from '../../topic/kafka/connect.ts'
import { groupOffsets } from '../../topic/kafka/group-offsets.ts'
import { type Audited, audited } from './audited.ts'
import { eventIdAt, fill } from './haystack.ts'
import { takeDocument, takeRow } from './hide.ts'
import { type Options, optionsOf, usage } from './options.ts'

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  let options: Options
  try {
    options = optionsOf(args, process.env)
  } catch (error) {
    console.error(`bench needle: ${error instanceof Error ? error.message : error}\n\n${usage}`)
    return 2
  }
  if (!options.help) return (await seek(options)) ? 0 : 1
  console.log(usage)
  return 0
}

/** Says how long something took, on standard error. */
async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now()
  const result = await work()
  console.error(`${what}: ${((performance.now() - began) / 1_000).toFixed(1)} s`)
  return result
}

/** Whether every audit said what is so. */
async function seek({ records, partitions, brokers, hdfs, elasticsearch }: Options): Promise<boolean> {
  const topic = `needle-${Date.now().toString(36)}`
  const path = `/tmp/${topic}/events`
  const user = 'clicktrail'
  const each = Math.floor(records / partitions)
  const env = {
    KAFKA_BROKERS: brokers,
    HDFS_URL: hdfs,
    HDFS_USER: user,
    HDFS_PATH: path,
    ELASTICSEARCH_URL: elasticsearch,
    ELASTICSEARCH_INDEX: topic,
    CLICKTRAIL_TOPIC: topic,
    CLICKTRAIL_FLUSH_MAX_AGE_MS: '2000',
    CLICKTRAIL_HOST: '127.0.0.1',
    CLICKTRAIL_LOG_LEVEL: 'warn',
  }
  const kafka = kafkaClient({ brokers: brokers.split(',') })
  const session = adminSession(kafka)
  const client = elasticsearchClient({ urls: [elasticsearch] })
  const writers: ReturnType<typeof spawnClicktrail>[] = []
  /** Whether both writers have committed so much of each partition. */
  const landed = async (least: number) => {
    for (const sink of ['hdfs', 'elasticsearch']) {
      const committed = await groupOffsets(session, topic, `${topic}-${sink}`).committed()
      if (committed.size < partitions || [...committed.values()].some(({ next }) => next < least)) return false
    }
    return true
  }
  const place = { partition: partitions - 1, offset: Math.floor(each * 0.77) - 1 }
  const offset = place.offset - (place.offset % 100) + 71
  const { partition } = place
  const id = eventIdAt(partition, offset)
  let right = true
  const judge = (what: string, found: Audited, missing: string | undefined) => {
    const said = found.output
      .split('\n')
      .filter(line => /^(missing|doubled|lost|Nothing|\d+ mismatches|clicktrail:)/.test(line))
    const ok =
      missing === undefined ? found.code === 0 : found.code === 1 && said.includes(missing) && said.length === 2
    right &&= ok
    const cost = `${found.seconds.toFixed(1)} s, ${found.peakMiB.toFixed(0)} MiB`
    console.log(`${ok ? 'right' : 'WRONG'}  ${what} (${cost})\n       ${said.join('\n       ')}`)
  }
  try {
    await applyTopics(kafka, { topic, partitions, replicationFactor: 1 })
    await timed(`${each * partitions} records appended`, () => fill({ brokers, topic, partitions, each }))
    for (const [sink, port] of [
      ['hdfs', '0'],
      ['elasticsearch', '0'],
    ] as const)
      writers.push(spawnClicktrail({ args: ['consume', sink], env: { ...env, CLICKTRAIL_ADMIN_PORT: port } }))
    await until(() => landed(1), { what: 'the first files', timeoutMs: 120_000, everyMs: 200 })
    judge('while the writers write', await audited(env), undefined)
    await timed('landed in both', () =>
      until(() => landed(each), { what: 'the writers', timeoutMs: 900_000, everyMs: 500 }),
    )
    judge('all has landed', await audited(env), undefined)
    const putBack = await takeDocument(elasticsearch, topic, id)
    judge(
      'one document deleted',
      await audited(env),
      `missing in elasticsearch: ${topic}/${partition} offset ${offset} event ${id}`,
    )
    await putBack()
    await takeRow({ hdfs, user, path }, partition, offset, id)
    judge(
      'one row taken out',
      await audited(env),
      `missing in hdfs: ${topic}/${partition} offset ${offset} event ${id}`,
    )
  } finally {
    await Promise.all(writers.map(writer => writer.stop()))
    await removeIndex(client, topic)
    await client.close()
    await session.run('delete the topics', admin => admin.deleteTopics({ topics: [topic, `${topic}-dlq`] }))
    await session.close()
    await fetch(`${hdfs}/webhdfs/v1/tmp/${topic}?op=DELETE&recursive=true&user.name=${user}`, { method: 'DELETE' })
  }
  return right
}
