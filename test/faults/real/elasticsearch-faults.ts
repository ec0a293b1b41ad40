import { setTimeout as wait } from 'node:timers/promises'
import { until } from '../../support/until.ts'
import { elasticsearchLimits, indexOf } from './elasticsearch-limits.ts'
import { isSaidAgain, restart, timesSaid } from './moments.ts'
import type { OwnElasticsearch } from './own-elasticsearch.ts'
import type { RealFault } from './play.ts'
import type { RealWorld } from './world.ts'

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
  {
    name: 'writers killed',
    async trouble(world) {
      await wait(1_000 + world.random.below(2_000))
      await restart(world, 'SIGKILL')
    },
  },
]

/** What happens to a real Elasticsearch and to its writers. */
export const elasticsearchFaults: readonly RealFault[] = [...single, ...elasticsearchLimits].map(fault => ({
  ...fault,
  name: `${fault.name}, elasticsearch`,
  sink: 'elasticsearch',
  lengthMs: 20_000,
}))
