import { setTimeout as wait } from 'node:timers/promises'
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts'
import { until } from '../../support/until.ts'
import { elasticsearchLimits, indexOf } from './elasticsearch-limits.ts'
import { documentFailpointFaults } from './failpoints.ts'
import { isSaidAgain, timesSaid } from './moments.ts'
import type { OwnElasticsearch } from './own-elasticsearch.ts'
import type { RealFault } from './play.ts'
import type { RealWorld } from './world.ts'
import { writerFaults } from './writer-faults.ts'

type Operator = (server: OwnElasticsearch, world: RealWorld) => Promise<boolean>

/** Something is taken away until a writer says so, and for a moment more, and is given back. */
const forAWhile = (name: string, says: RegExp, take: Operator, giveBack: Operator): RealFault => ({
  name,
  async trouble(world) {
    const server = await world.servers.elasticsearch()
    await wait(world.random.below(2_000))
    const before = timesSaid(world, says)
    // Without its index it can't be taken yet.
    if (!(await take(server, world))) return
    if (await isSaidAgain(world, says, before)) world.happened++
    await wait(world.random.below(2_000))
    const isBack = () => giveBack(server, world).catch(() => false)
    await until(isBack, { what: `${name} to be mended`, everyMs: 200 })
  },
})

const readOnly = (block: 'read_only' | 'write', value: true | null) => ({ [`index.blocks.${block}`]: value })
const blocked = (value: true | null) => ({ 'index.blocks.read_only_allow_delete': value })
const roomFor = (limit: string | null) => ({
  persistent: { 'network.breaker.inflight_requests.limit': limit },
})

const proxies = new WeakMap<RealWorld, TcpProxy>()
/** Of the requests only bulks, and looks at many documents, have so many. */
const bulkBytes = 2_000

const answersCut: RealFault = {
  name: 'connections cut after the request was taken',
  async before(world) {
    const { urls } = await world.servers.elasticsearch()
    const proxy = await startTcpProxy({ targetPort: Number(new URL(urls[0] ?? '').port) })
    proxies.set(world, proxy)
    world.env['ELASTICSEARCH_URL'] = `http://127.0.0.1:${proxy.port}`
    world.atEnd(() => proxy.close())
  },
  async trouble(world) {
    const proxy = proxies.get(world)
    await wait(1_000 + world.random.below(2_000))
    await proxy?.set({ kind: 'reset', requestBytes: bulkBytes })
    await wait(500 + world.random.below(2_500))
    await proxy?.set({ kind: 'pass' })
    world.happened = proxy?.resets() ?? 0
  },
}

const single: readonly RealFault[] = [
  forAWhile(
    'flood stage',
    /cluster_block_exception/,
    (server, world) => server.ask('PUT', `${indexOf(world)}/_settings`, blocked(true)),
    (server, world) => server.ask('PUT', `${indexOf(world)}/_settings`, blocked(null)),
  ),
  forAWhile(
    'read-only block',
    /cluster_block_exception/,
    (server, world) => {
      const block = world.random.pick(['read_only', 'write'] as const)
      return server.ask('PUT', `${indexOf(world)}/_settings`, readOnly(block, true))
    },
    async (server, world) => {
      const unblock = (block: 'read_only' | 'write') =>
        server.ask('PUT', `${indexOf(world)}/_settings`, readOnly(block, null))
      return (await unblock('read_only')) && (await unblock('write'))
    },
  ),
  forAWhile(
    'closed index',
    /index_closed_exception/,
    (server, world) => server.ask('POST', `${indexOf(world)}/_close`),
    (server, world) => server.ask('POST', `${indexOf(world)}/_open`),
  ),
  forAWhile(
    'no room for a large bulk',
    /circuit_breaking_exception/,
    server => server.ask('PUT', '/_cluster/settings', roomFor('20kb')),
    server => server.ask('PUT', '/_cluster/settings', roomFor(null)),
  ),
  {
    name: 'node killed',
    async trouble(world) {
      const { nodes } = await world.servers.elasticsearch()
      await wait(2_000 + world.random.below(2_000))
      await nodes[0]?.end('SIGKILL')
      await wait(500 + world.random.below(2_000))
      await nodes[0]?.start()
      world.happened++
    },
  },
  answersCut,
]

/** What happens to a real Elasticsearch and to its writers. */
export const elasticsearchFaults: readonly RealFault[] = [
  ...single,
  ...elasticsearchLimits,
  ...writerFaults,
  ...documentFailpointFaults,
].map(fault => ({
  ...fault,
  name: `${fault.name}, elasticsearch`,
  sink: 'elasticsearch',
  lengthMs: fault.lengthMs ?? 20_000,
}))
