import { setTimeout as wait } from 'node:timers/promises'
import type { FakeElasticsearch, Fault, FaultAnswer, ItemFault } from '../../support/fake-elasticsearch.ts'
import type { Point } from './gate.ts'
import type { FakeFault } from './play.ts'
import type { World } from './world.ts'
import { closedAt, killedAt, writerFaults, zombieAt } from './writer-faults.ts'

function serverOf({ elasticsearch }: World): FakeElasticsearch {
  if (!elasticsearch) throw new Error('this world has no Elasticsearch')
  return elasticsearch
}

const error = (status: number, type: string) => ({ status, body: { error: { type, reason: 'scripted' } } })

/** Refuses for a while, and says so in words that a writer passes on. */
const forAWhile = (name: string, says: RegExp, set: (world: World, server: FakeElasticsearch) => void): FakeFault => ({
  name,
  async trouble(world) {
    const server = serverOf(world)
    set(world, server)
    await wait(30 + world.random.below(150))
    server.itemFault = undefined
    server.always = undefined
    await wait(world.random.below(60))
  },
  async after(world) {
    if (!world.writers.some(({ said }) => said.some(line => says.test(line)))) world.wrong.push(`nobody said ${says}`)
  },
})

/** One document in so many is refused with one of these, and taken when it comes again. */
const documents = (name: string, onceIn: number, ...answers: [number, string][]): FakeFault =>
  forAWhile(name, new RegExp(answers.map(([, type]) => type).join('|')), (world, server) => {
    server.itemFault = () => {
      if (!world.random.once(onceIn)) return undefined
      world.happened++
      const [status, type] = world.random.pick(answers)
      return { status, type }
    }
  })

/** One request in so many gets one of these. */
const requests = (name: string, onceIn: number, says: RegExp, ...answers: FaultAnswer[]): FakeFault =>
  forAWhile(name, says, (world, server) => {
    server.always = () => {
      if (!world.random.once(onceIn)) return undefined
      world.happened++
      return world.random.pick(answers)
    }
  })

/** Documents that this holds for are refused whenever they come. */
const isBad = (id: string) => id.endsWith('7')

/** From the first record to the last. */
const allAlong = (name: string, fault: (world: World) => { always?: Fault; itemFault?: ItemFault }): FakeFault => ({
  name,
  async before(world) {
    Object.assign(serverOf(world), fault(world))
  },
  async trouble(world) {
    if (world.random.once(4)) world.group.rebalance()
    await wait(world.random.below(60))
  },
})

const ofServer: readonly FakeFault[] = [
  documents(
    'documents refused for a while',
    3,
    [429, 'es_rejected_execution_exception'],
    [500, 'shard_exception'],
    [503, 'unavailable_shards_exception'],
  ),
  documents('write block', 1, [403, 'cluster_block_exception']),
  documents('flood stage', 1, [429, 'cluster_block_exception']),
  documents('closed index', 1, [400, 'index_closed_exception']),
  documents('too many shards', 1, [400, 'validation_exception']),
  requests(
    '429 storm',
    2,
    /es_rejected|circuit_breaking|unavailable/,
    error(429, 'es_rejected_execution_exception'),
    error(429, 'circuit_breaking_exception'),
    error(503, 'unavailable_shards_exception'),
  ),
  requests(
    'rights taken and given back',
    1,
    /security_exception/,
    error(401, 'security_exception'),
    error(403, 'security_exception'),
  ),
  requests('node resets, hangs and is away', 3, /ConnectionError|TimeoutError|502/, 'reset', 'hang', { status: 502 }),
  requests('answer lost after the bulk was taken', 3, /ConnectionError|TimeoutError/, 'lost', 'late'),
  allAlong('documents refused for good', world => ({
    itemFault: ({ _id }) => {
      if (!isBad(_id)) return undefined
      world.happened++
      return { status: 400, type: 'document_parsing_exception' }
    },
  })),
  allAlong('one document spoils the bulk', world => ({
    always: ({ path, body }) => {
      const bad = path === '/_bulk' ? /"_id":"([^"]*7)"/.exec(body)?.[1] : undefined
      if (bad === undefined) return undefined
      world.happened++
      return { status: 400, body: { error: { type: 'illegal_argument_exception', reason: bad } } }
    },
  })),
  allAlong('small limit of a request', world => ({
    always: ({ path, body }) => {
      if (path !== '/_bulk' || body.length < 3_000) return undefined
      world.happened++
      return { status: 413 }
    },
  })),
  allAlong('index that a write may not make', world => {
    const { asides } = serverOf(world)
    return {
      itemFault: ({ _index }) => {
        if (asides.includes(`PUT /${_index}`)) return undefined
        world.happened++
        return { status: 404, type: 'index_not_found_exception' }
      },
    }
  }),
  {
    name: 'other events under used ids',
    world: { mixture: { otherOnceIn: 6 } },
    async trouble(world) {
      if (world.random.once(4)) world.group.rebalance()
      await wait(world.random.below(60))
    },
    async after(world) {
      world.happened = world.letters.origins().length
    },
  },
  {
    name: 'cluster replaced by one without templates',
    async trouble(world) {
      const server = serverOf(world)
      server.templates = false
      server.always = () => 'reset'
      await wait(50 + world.random.below(100))
      server.always = undefined
      await wait(80)
      if (server.templates) world.happened++
    },
  },
]

/** Where a writer is killed: Elasticsearch knows of the documents or not, the group of the commit or not. */
export const elasticsearchFailpoints: readonly Point[] = [
  'before bulk',
  'after bulk',
  'before mget',
  'after mget',
  'before commit',
  'after commit',
  'before bury',
  'after bury',
]
const shared = new Set([
  'rebalance storm, partitions added',
  'brokers away, coordinator moved',
  'group offsets deleted',
  'clocks an hour off',
  'dead-letter topic away',
])

const ofWriter: readonly FakeFault[] = [
  ...elasticsearchFailpoints.map(killedAt),
  ...(['before bulk', 'after bulk', 'after mget', 'before commit', 'before bury'] as const).map(zombieAt),
  closedAt(['before bulk', 'after bulk', 'before commit']),
  ...writerFaults.filter(({ name }) => shared.has(name)),
]

const single = [...ofServer, ...ofWriter]

/** Each daily index keeps ids of its own. */
const aroundMidnight = (fault: FakeFault): FakeFault => ({
  ...fault,
  name: `${fault.name}, elasticsearch`,
  world: { ...fault.world, sink: 'elasticsearch', mixture: { ...fault.world?.mixture, aroundMidnight: true } },
})

/** What happens to an Elasticsearch and to its writers: each event is there once, or a dead letter. */
export const elasticsearchFaults: readonly FakeFault[] = [
  ...single,
  {
    name: 'everything at once',
    world: { mixture: { foreignOnceIn: 10 } },
    async trouble(world) {
      const { faults } = serverOf(world)
      faults.push(() => world.random.pick(['lost', 'reset', error(429, 'es_rejected_execution_exception')]))
      await world.random.pick(single).trouble(world)
    },
  } satisfies FakeFault,
].map(aroundMidnight)
