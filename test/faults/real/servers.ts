import type { Kafka } from 'kafkajs'
import { kafkaClient } from '../../../topic/kafka/connect.ts'
import { type BrokerCluster, startBrokerCluster } from '../../support/broker-cluster.ts'
import { type OwnElasticsearch, startOwnElasticsearch } from './own-elasticsearch.ts'
import { type OwnHdfs, startOwnHdfs } from './own-hdfs.ts'

/** One of each: what has no other to go to. Several: three brokers, two NameNodes, three DataNodes and three nodes of Elasticsearch. */
export const serverCounts = ['one', 'several'] as const
export type ServerCount = (typeof serverCounts)[number]

/** The servers of all runs: the harness's own, since they are killed. */
export interface Servers {
  brokers: BrokerCluster
  kafka: Kafka
  hdfs: OwnHdfs
  /** Started when it is first asked for. */
  elasticsearch(): Promise<OwnElasticsearch>
  close(): Promise<void>
}

/** Resolves when all serve. */
export async function startServers(count: ServerCount): Promise<Servers> {
  const size = count === 'one' ? ({ nameNodes: 1, dataNodes: 1 } as const) : ({ nameNodes: 2, dataNodes: 3 } as const)
  const [brokers, hdfs] = await Promise.all([startBrokerCluster(count === 'one' ? 1 : 3), startOwnHdfs(size)])
  let elasticsearch: Promise<OwnElasticsearch> | undefined
  return {
    brokers,
    kafka: kafkaClient({ brokers: brokers.direct.split(','), clientId: 'faults' }),
    hdfs,
    elasticsearch() {
      elasticsearch ??= startOwnElasticsearch(count === 'one' ? 1 : 3)
      return elasticsearch
    },
    close: async () => {
      await Promise.all([brokers.close(), hdfs.close(), elasticsearch?.then(own => own.close())])
    },
  }
}
