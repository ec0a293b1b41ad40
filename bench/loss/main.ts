import { startBrokerCluster } from '../../test/support/broker-cluster.ts'
import { kafkaClient } from '../../topic/kafka/connect.ts'
import { type Options, optionsOf, usage } from './options.ts'
import { playRound, type Round } from './round.ts'
import { tableOf } from './table.ts'

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  let options: Options
  try {
    options = optionsOf(args)
  } catch (error) {
    console.error(`bench loss: ${error instanceof Error ? error.message : error}\n\n${usage}`)
    return 2
  }
  if (options.help) {
    console.log(usage)
    return 0
  }
  const rounds = await playAll(options)
  console.log(options.json ? JSON.stringify(rounds, null, 2) : tableOf(rounds))
  return rounds.some(({ outcomes }) => outcomes.all.lost > 0) ? 1 : 0
}

async function playAll({ rounds: count, posters }: Options): Promise<Round[]> {
  const cluster = await startBrokerCluster(3)
  const admin = kafkaClient({ brokers: cluster.direct.split(',') }).admin({ retry: { retries: 20 } })
  const rounds: Round[] = []
  try {
    await admin.connect()
    for (let round = 1; round <= count; round++) {
      const played = await playRound({ cluster, admin, round, posters })
      console.error(JSON.stringify(played))
      rounds.push(played)
    }
  } finally {
    await admin.disconnect()
    await cluster.close()
  }
  return rounds
}
