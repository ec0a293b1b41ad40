import { userInfo } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { hadoopXml, quickBlocks } from '../../stack/hadoop-config.ts'

/** Where a NameNode listens, `host:port`. */
export interface NameNodeAddress {
  rpc: string
  http: string
}

export interface HdfsSite {
  folder: string
  nameNodes: readonly NameNodeAddress[]
  /** Copies of each block. */
  replication: number
}

const service = 'faults'
type Properties = Record<string, string | number | boolean>

/** What a NameNode is called in the configuration of a pair. */
export const nameNodeId = (index: number): string => `nn${index}`

/** The folder of a NameNode's image and edits. */
export const nameDir = (folder: string, index: number): string => join(folder, `name-${index}`)

/** Hadoop's configuration files: of one NameNode, or of a pair that shares its edits in a folder and is switched by hand. */
export function hdfsSite({ folder, nameNodes, replication }: HdfsSite): Record<string, string> {
  const [only] = nameNodes
  if (!only) throw new RangeError('there is no NameNode')
  const isPair = nameNodes.length > 1
  const hdfs: Properties = {
    ...quickBlocks,
    'dfs.replication': replication,
    'dfs.heartbeat.interval': 1,
    'dfs.namenode.datanode.registration.ip-hostname-check': false,
    'dfs.namenode.safemode.extension': 0,
    'dfs.namenode.fs-limits.min-block-size': 4096,
    'dfs.datanode.hostname': '127.0.0.1',
    ...(isPair ? pairOf(folder, nameNodes) : ownOf(folder, only)),
  }
  return {
    'core-site.xml': hadoopXml({
      'fs.defaultFS': `hdfs://${isPair ? service : only.rpc}`,
      'hadoop.tmp.dir': join(folder, 'tmp'),
      'hadoop.http.staticuser.user': userInfo().username,
    }),
    'hdfs-site.xml': hadoopXml(hdfs),
  }
}

const uri = (path: string): string => pathToFileURL(path).href

function ownOf(folder: string, { rpc, http }: NameNodeAddress): Properties {
  return {
    'dfs.namenode.rpc-address': rpc,
    'dfs.namenode.http-address': http,
    'dfs.namenode.name.dir': uri(nameDir(folder, 0)),
  }
}

function pairOf(folder: string, nameNodes: readonly NameNodeAddress[]): Properties {
  const properties: Properties = {
    'dfs.nameservices': service,
    [`dfs.ha.namenodes.${service}`]: nameNodes.map((_, index) => nameNodeId(index)).join(','),
    [`dfs.client.failover.proxy.provider.${service}`]:
      'org.apache.hadoop.hdfs.server.namenode.ha.ConfiguredFailoverProxyProvider',
    'dfs.namenode.shared.edits.dir': uri(join(folder, 'shared-edits')),
    'dfs.ha.fencing.methods': 'shell(/bin/true)',
    'dfs.ha.tail-edits.period': 1,
  }
  for (const [index, { rpc, http }] of nameNodes.entries()) {
    const of = (name: string) => `${name}.${service}.${nameNodeId(index)}`
    properties[of('dfs.namenode.rpc-address')] = rpc
    properties[of('dfs.namenode.http-address')] = http
    properties[of('dfs.namenode.name.dir')] = uri(nameDir(folder, index))
  }
  return properties
}

/** Arguments by which a NameNode of a pair knows which it is: both have the same host. */
export function nameNodeArgs(index: number): string[] {
  return ['-D', `dfs.ha.namenode.id=${nameNodeId(index)}`]
}

/** Arguments of a DataNode with a folder and ports of its own. */
export function dataNodeArgs(folder: string, [transfer = 0, ipc = 0, http = 0]: readonly number[]): string[] {
  const properties = {
    'dfs.datanode.data.dir': uri(folder),
    'dfs.datanode.address': `127.0.0.1:${transfer}`,
    'dfs.datanode.ipc.address': `127.0.0.1:${ipc}`,
    'dfs.datanode.http.address': `127.0.0.1:${http}`,
  }
  return Object.entries(properties).flatMap(([name, value]) => ['-D', `${name}=${value}`])
}

/** One more argument of a DataNode: nothing more goes onto its disk. */
export const fullDisk = ['-D', 'dfs.datanode.du.reserved=9000000000000000'] as const
