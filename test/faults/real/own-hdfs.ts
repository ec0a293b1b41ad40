import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hadoopJvm, writeHadoopConfig } from '../../stack/hadoop-config.ts'
import { get } from '../../stack/http-get.ts'
import { fetchJars } from '../../stack/jars.ts'
import { run } from '../../stack/run.ts'
import { findJava } from '../../stack/tools.ts'
import { stablePorts } from '../../support/broker-cluster.ts'
import { until } from '../../support/until.ts'
import { dataNodeArgs, hdfsSite, nameDir, nameNodeArgs, nameNodeId } from './hdfs-site.ts'
import { type OwnServer, ownServer } from './own-server.ts'

export interface HdfsSize {
  /** Of two, one is active and the other on standby. */
  nameNodes: 1 | 2
  /** Of three, two hold each block. */
  dataNodes: 1 | 3
}

/** An HDFS of the harness's own, in a temporary folder and on free ports: nothing of the shared stack is touched. Who asks it without a `user.name` may do everything. */
export interface OwnHdfs {
  /** WebHDFS of each NameNode. */
  readonly urls: readonly string[]
  /** The NameNode that serves: its WebHDFS, and `host:port` of its RPC. */
  active(): { url: string; rpc: string }
  readonly nameNodes: readonly OwnServer[]
  readonly dataNodes: readonly OwnServer[]
  safeMode(action: 'enter' | 'leave'): Promise<void>
  /** Of a pair. Nobody is asked whether there is another active one: make that a standby, or end it, before. */
  become(nameNode: number, state: 'active' | 'standby'): Promise<void>
  /** Kills all and removes their data. */
  close(): Promise<void>
}

const packages = 'org.apache.hadoop.hdfs.server'

/** Formats and starts an HDFS; resolves when files can be written. */
export async function startOwnHdfs(size: HdfsSize): Promise<OwnHdfs> {
  const folder = mkdtempSync(join(tmpdir(), 'clicktrail-hdfs-'))
  const ports = await stablePorts(2 * size.nameNodes + 3 * size.dataNodes)
  const addresses = Array.from({ length: size.nameNodes }, () => {
    const [http = 0, rpc = 0] = ports.splice(0, 2)
    return { http: `127.0.0.1:${http}`, rpc: `127.0.0.1:${rpc}` }
  })
  const { java } = findJava()
  const jars = join(await fetchJars('hdfs', line => console.error(line)), '*')
  const config = join(folder, 'conf')
  for (const webapp of ['hdfs', 'datanode']) mkdirSync(join(config, 'webapps', webapp), { recursive: true })
  mkdirSync(join(folder, 'tmp'))
  writeHadoopConfig(config, hdfsSite({ folder, nameNodes: addresses, replication: Math.min(2, size.dataNodes) }))
  const jvm = [...hadoopJvm, `-Djava.io.tmpdir=${join(folder, 'tmp')}`, '-cp', `${config}:${jars}`]
  const tool = (...args: string[]) => run(java, [...jvm, ...args], join(folder, 'tool.log'))
  const isPair = size.nameNodes === 2
  const nameNodeMain = (index: number) => [`${packages}.namenode.NameNode`, ...(isPair ? nameNodeArgs(index) : [])]
  await tool(...nameNodeMain(0), '-format', '-nonInteractive')
  if (isPair) cpSync(nameDir(folder, 0), nameDir(folder, 1), { recursive: true })

  const nameNodes = addresses.map(({ http }, index) =>
    ownServer({
      java,
      args: [...jvm, ...nameNodeMain(index)],
      log: join(folder, `namenode-${index}.log`),
      async serves() {
        const answer = await get(`http://${http}/webhdfs/v1/?op=LISTSTATUS`)
        return answer.ok || (isPair && (await answer.text()).includes('StandbyException'))
      },
    }),
  )
  const dataNodes = Array.from({ length: size.dataNodes }, (_, index) => {
    const own = ports.splice(0, 3)
    return ownServer({
      java,
      args: [...jvm, `${packages}.datanode.DataNode`, ...dataNodeArgs(join(folder, `data-${index}`), own)],
      log: join(folder, `datanode-${index}.log`),
      serves: async () => (await get(`http://127.0.0.1:${own[2]}/`)).status < 500 && (await isKnown(own[0])),
    })
  })

  let active = 0
  const activeOne = () => ({ url: `http://${addresses[active]?.http}`, rpc: addresses[active]?.rpc ?? '' })
  const isKnown = async (transferPort = 0) => {
    const info = await get(`${activeOne().url}/jmx?qry=Hadoop:service=NameNode,name=NameNodeInfo`)
    return (await info.text()).includes(`:${transferPort}\\"`)
  }

  async function become(nameNode: number, state: 'active' | 'standby'): Promise<void> {
    const to = state === 'active' ? ['-transitionToActive', '--forceactive'] : ['-transitionToStandby']
    await tool('org.apache.hadoop.hdfs.tools.DFSHAAdmin', ...to, nameNodeId(nameNode))
    if (state === 'active') active = nameNode
  }

  await Promise.all(nameNodes.map(server => server.start()))
  if (isPair) await become(0, 'active')
  await Promise.all(dataNodes.map(server => server.start()))
  const takesFiles = async () => (await get(`${activeOne().url}/webhdfs/v1/?op=LISTSTATUS`)).ok
  await until(() => takesFiles().catch(() => false), { what: 'HDFS to serve', everyMs: 200 })
  // Writers are users without any right of their own.
  const opened = await fetch(`${activeOne().url}/webhdfs/v1/?op=SETPERMISSION&permission=777`, { method: 'PUT' })
  if (!opened.ok) throw new Error(`SETPERMISSION /: ${opened.status} ${await opened.text()}`)
  return {
    urls: addresses.map(({ http }) => `http://${http}`),
    active: activeOne,
    nameNodes,
    dataNodes,
    safeMode: action => tool('org.apache.hadoop.hdfs.tools.DFSAdmin', '-safemode', action),
    become,
    async close() {
      await Promise.all([...dataNodes, ...nameNodes].map(server => server.end('SIGKILL')))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
