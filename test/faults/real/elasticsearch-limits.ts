import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from '../../support/clicktrail.ts'
import { isSaidAgain, timesSaid } from './moments.ts'
import type { RealFault } from './play.ts'
import { type ReadRecord, readTopic } from './read-topic.ts'
import type { RealWorld } from './world.ts'

/** Events of the harness are all of this day. */
export const indexOf = ({ topic }: RealWorld) => `/${topic}-2026.11.21`

/** The operator's own component template, which is stronger than ours. */
async function customize({ servers, topic }: RealWorld, template: object): Promise<void> {
  const server = await servers.elasticsearch()
  const isDone = await server.ask('PUT', `/_component_template/${topic}@custom`, { template })
  if (!isDone) throw new Error('the operator has no template of his own')
}

/** Starts the only node again, with other settings until the end of the run. */
async function startWith({ servers, atEnd }: RealWorld, ...more: string[]): Promise<void> {
  const [node] = (await servers.elasticsearch()).nodes
  const again = async (...args: string[]) => {
    await node?.end('SIGTERM')
    await node?.start(...args)
  }
  atEnd(() => again())
  await again(...more)
}

interface Refused {
  name: string
  mixture: RealFault['mixture']
  before: (world: RealWorld) => Promise<void>
  /** Of each dead letter. */
  why: RegExp
  /** Whether a dead letter's event is one of those that can't be taken. */
  isBad: (value: string) => boolean
}

/** Some events can't be taken: they become dead letters for that reason, and no others do. */
const refused = ({ name, mixture, before, why, isBad }: Refused): RealFault => ({
  name,
  mixture: { foreignOnceIn: 1e9, ...mixture },
  before,
  trouble: () => wait(500),
  async after(world) {
    await world.settle()
    const letters = await deadLetters(world)
    const isWrong = ({ value, headers }: ReadRecord) =>
      !isBad(String(value)) || !why.test(headers['__connect.errors.exception.message'] ?? '')
    for (const { value, headers } of letters.filter(isWrong).slice(0, 3))
      world.wrong.push(`a dead letter: ${JSON.stringify(headers)} ${String(value).slice(0, 300)}`)
    world.happened = letters.length
  },
})

async function deadLetters({ servers, topic }: RealWorld): Promise<ReadRecord[]> {
  return (await readTopic(servers.kafka, `${topic}-dlq`)).flat()
}

/** With ours it is just below the 1,000 that a server allows. */
const operatorsFields = Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`f${index}`, { type: 'long' }]))
const immense = 33_000
const requestLimit = '256kb'
const overLimit = 300_000

const tooLarge = refused({
  name: 'requests of 256 KB at most',
  mixture: {
    more: random => {
      const bytes = random.once(200) ? overLimit : random.once(20) ? 30_000 : 10
      return { properties: { note: 'n'.repeat(bytes) } }
    },
  },
  before: async world => {
    await startWith(world, `-Ehttp.max_content_length=${requestLimit}`)
    const largeBulks = { CLICKTRAIL_FLUSH_MAX_RECORDS: '1000', CLICKTRAIL_FLUSH_MAX_AGE_MS: '3000' }
    Object.assign(world.env, largeBulks, { CLICKTRAIL_ADMIN_PORT: String(await freePort()) })
  },
  why: /413/,
  isBad: value => value.length > overLimit,
})

/** The only writer, whose figures can be asked for, has to split bulks too. */
const smallRequests: RealFault = {
  ...tooLarge,
  writers: 1,
  async after(world) {
    await tooLarge.after?.(world)
    const metrics = await (await fetch(`http://127.0.0.1:${world.env['CLICKTRAIL_ADMIN_PORT']}/metrics`)).text()
    const split = Number(/documents_answered_total\{[^}]*outcome="split"[^}]*\} (\d+)/.exec(metrics)?.[1] ?? 0)
    if (split <= world.happened) world.wrong.push(`no bulk was split: ${split} documents`)
  },
}

/** A bulk is a write in each of the shards, and there is room for two. */
const narrowQueue: RealFault = {
  name: 'write queue of 1',
  async before(world) {
    await startWith(world, '-Ethread_pool.write.size=1', '-Ethread_pool.write.queue_size=1')
    await customize(world, { settings: { number_of_shards: 5 } })
  },
  trouble: () => wait(500),
  async after(world) {
    world.happened = timesSaid(world, /es_rejected_execution_exception/)
  },
}

/** What a server does not take, or not as it is. */
export const elasticsearchLimits: readonly RealFault[] = [
  {
    name: 'mapping conflict flood',
    writers: 1,
    async before(world) {
      const server = await world.servers.elasticsearch()
      const mappings = { properties: { site: { type: 'long' } } }
      if (!(await server.ask('PUT', indexOf(world), { mappings }))) throw new Error('no index')
      Object.assign(world.env, { CLICKTRAIL_FLUSH_MAX_RECORDS: '500', CLICKTRAIL_FLUSH_MAX_AGE_MS: '1000' })
    },
    async trouble(world) {
      if (world.happened > 0) return void (await wait(500))
      if (await isSaidAgain(world, /most of a bulk is refused/, 0)) world.happened++
      await wait(2_000)
      // Nothing of it could be taken.
      await (await world.servers.elasticsearch()).ask('DELETE', indexOf(world))
    },
  },
  refused({
    name: '1,001st field',
    mixture: {
      more: random => (random.once(6) ? { labels: { [`g${random.below(1e6)}`]: 'x' } } : {}),
    },
    before: world =>
      customize(world, { mappings: { dynamic: true, properties: { labels: { properties: operatorsFields } } } }),
    why: /Limit of total fields \[1000\]/,
    isBad: value => value.includes('"labels"'),
  }),
  refused({
    name: '33 KB keyword',
    mixture: {
      more: random => {
        if (random.once(10)) return { labels: { long: 'x'.repeat(immense) } }
        const long = 'y'.repeat(immense)
        return random.once(10) ? { properties: { note: long }, page: { title: long }, url: { full: long } } : {}
      },
    },
    before: world =>
      customize(world, { mappings: { properties: { labels: { properties: { long: { type: 'keyword' } } } } } }),
    why: /failed to parse field \[labels\.long\]/,
    isBad: value => value.includes('"labels"'),
  }),
  smallRequests,
  narrowQueue,
]
