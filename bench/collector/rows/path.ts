import { corpus } from '../bodies.ts'
import { type Brokers, startBrokers } from '../broker.ts'
import { startClicktrail } from '../clicktrail.ts'
import { type Comparison, compare, median, ratio, wasStarved } from '../compare.ts'
import { atLeast, type Figure } from '../figures.ts'
import { nodeCommand } from '../node-command.ts'
import { peerCommands } from '../peers/peers.ts'
import { type Server, startServer } from '../pinned.ts'
import { fieldsOf, missingFields } from '../record-fields.ts'
import { makeTopic, recordsOn, valuesOn } from '../topics.ts'
import type { MeasureRow } from './row.ts'

/** Enough that nobody waits for a socket: 10 ms of 250,000 events/s in batches of 10 are 250 requests. */
const connections = 256

/** The whole path with acks=1 of a real broker, batches of 10, against bare and the peers. */
export const measurePath: MeasureRow = async options => {
  const { bundles, log } = options
  const brokers = await startBrokers(1, log)
  const servers: Server[] = []
  try {
    servers.push(await startServer(nodeCommand('bare', bundles)))
    await makeTopic(brokers.addresses, 'clicktrail')
    servers.push(await startClicktrail({ brokers: brokers.addresses, topic: 'clicktrail' }))
    for (const peer of await peerCommands(bundles, log)) {
      await makeTopic(brokers.addresses, peer.name)
      const env = { ...peer.env, KAFKA_BROKERS: brokers.addresses, TOPIC: peer.name }
      servers.push(await startServer({ ...peer, env }))
    }
    const results = await compare(servers, {
      ...options,
      samples: corpus({ events: 10 }),
      connections,
      warmup: 6 * options.seconds,
    })
    await mustBeOnTopics(brokers, results)
    await mustHaveSameFields(brokers, results)
    return figuresOf(results)
  } finally {
    await Promise.all(servers.map(server => server.stop()))
    await brokers.close()
  }
}

/** A server that says yes to what is not on its topic has no figure. */
async function mustBeOnTopics({ addresses }: Brokers, results: Comparison): Promise<void> {
  for (const [name, rounds] of Object.entries(results)) {
    if (name === 'bare') continue
    const acknowledged = rounds.reduce((sum, { events }) => sum + events, 0)
    const there = await recordsOn(addresses, name)
    if (there < acknowledged) throw new Error(`${name} acknowledged ${acknowledged} events, ${there} are on its topic`)
  }
}

/** A peer that leaves out what Clicktrail writes has less to do. */
async function mustHaveSameFields({ addresses }: Brokers, results: Comparison): Promise<void> {
  const wanted = fieldsOf(await valuesOn(addresses, 'clicktrail', 500))
  for (const name of Object.keys(results)) {
    if (name === 'bare' || name === 'clicktrail') continue
    const missing = missingFields(wanted, fieldsOf(await valuesOn(addresses, name, 500)))
    if (missing.length > 0) throw new Error(`records of ${name} lack ${missing.join(', ')}`)
  }
}

function figuresOf(results: Comparison): Figure[] {
  const rates = Object.entries(results).map(([name, rounds]): Figure => {
    return { what: `whole path: ${name}`, value: median(rounds.map(round => round.eventsPerSecond)), unit: 'events/s' }
  })
  const against = (name: string, bounds?: Figure['bounds']): Figure[] => {
    if (results[name] === undefined) return []
    const what = `whole path against ${name}`
    const byCpu = ratio(results, 'clicktrail', name, 'eventsPerCpuSecond')
    return [
      {
        what,
        value: ratio(results, 'clicktrail', name),
        unit: 'x',
        unsure: wasStarved(results, 'bare'),
        ...(bounds && { bounds }),
      },
      { what: `${what}, by CPU time`, value: byCpu, unit: 'x' },
    ]
  }
  return [
    ...rates,
    ...against('bare', atLeast(0.1, 0.28)),
    ...against('naive', atLeast(3, 4.5)),
    ...against('vertx'),
    ...against('go'),
  ]
}
