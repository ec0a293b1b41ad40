import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { hadoopJvm, hadoopXml, quickBlocks, writeHadoopConfig } from '../../stack/hadoop-config.ts'
import { get } from '../../stack/http-get.ts'
import { fetchJars } from '../../stack/jars.ts'
import { run, tailOf } from '../../stack/run.ts'
import { findJava } from '../../stack/tools.ts'
import { stablePorts } from '../../support/broker-cluster.ts'
import { until } from '../../support/until.ts'

/** A server that may be killed and started again. */
export interface OwnServer {
  /** Resolves when it serves; a NameNode that is killed may be in safe mode for a moment after. */
  start(): Promise<void>
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

/** An HDFS of the harness's own, in a temporary folder and on free ports: nothing of the shared stack is touched. */
export interface OwnHdfs {
  /** WebHDFS. */
  readonly url: string
  /** `host:port` of the NameNode's RPC. */
  readonly rpc: string
  readonly nameNode: OwnServer
  readonly dataNode: OwnServer
  safeMode(action: 'enter' | 'leave'): Promise<void>
  /** Kills both and removes their data. */
  close(): Promise<void>
}

const packages = 'org.apache.hadoop.hdfs.server'
const readyMs = 120_000

/** Formats and starts a NameNode and one DataNode; resolves when files can be written. */
export async function startOwnHdfs(): Promise<OwnHdfs> {
  const folder = mkdtempSync(join(tmpdir(), 'clicktrail-hdfs-'))
  const [http = 0, rpcPort = 0, transfer = 0, ipc = 0, dataHttp = 0] = await stablePorts(5)
  const rpc = `127.0.0.1:${rpcPort}`
  const url = `http://127.0.0.1:${http}`
  const { java } = findJava()
  const jars = join(await fetchJars('hdfs', line => console.error(line)), '*')
  const config = join(folder, 'conf')
  for (const webapp of ['hdfs', 'datanode']) mkdirSync(join(config, 'webapps', webapp), { recursive: true })
  mkdirSync(join(folder, 'tmp'))
  writeHadoopConfig(config, {
    'core-site.xml': hadoopXml({
      'fs.defaultFS': `hdfs://${rpc}`,
      'hadoop.tmp.dir': join(folder, 'tmp'),
      'hadoop.http.staticuser.user': userInfo().username,
    }),
    'hdfs-site.xml': hadoopXml({
      ...quickBlocks,
      'dfs.replication': 1,
      'dfs.permissions.enabled': false,
      'dfs.namenode.rpc-address': rpc,
      'dfs.namenode.http-address': `127.0.0.1:${http}`,
      'dfs.namenode.name.dir': pathToFileURL(join(folder, 'name')).href,
      'dfs.namenode.datanode.registration.ip-hostname-check': false,
      'dfs.namenode.safemode.extension': 0,
      'dfs.namenode.fs-limits.min-block-size': 4096,
      'dfs.datanode.data.dir': pathToFileURL(join(folder, 'data')).href,
      'dfs.datanode.hostname': '127.0.0.1',
      'dfs.datanode.address': `127.0.0.1:${transfer}`,
      'dfs.datanode.ipc.address': `127.0.0.1:${ipc}`,
      'dfs.datanode.http.address': `127.0.0.1:${dataHttp}`,
    }),
  })
  const jvm = [...hadoopJvm, `-Djava.io.tmpdir=${join(folder, 'tmp')}`, '-cp', `${config}:${jars}`]
  const tool = (...args: string[]) => run(java, [...jvm, ...args], join(folder, 'tool.log'))
  await tool(`${packages}.namenode.NameNode`, '-format', '-nonInteractive')

  const nameNodeServes = async () => (await get(`${url}/webhdfs/v1/?op=LISTSTATUS`)).ok
  const hasDataNode = async () => {
    const state = await get(`${url}/jmx?qry=Hadoop:service=NameNode,name=FSNamesystemState`)
    const serves = await get(`http://127.0.0.1:${dataHttp}/`)
    return serves.status < 500 && /"NumLiveDataNodes"\s*:\s*1\b/.test(await state.text())
  }
  const nameNode = ownServer(
    java,
    [...jvm, `${packages}.namenode.NameNode`],
    join(folder, 'namenode.log'),
    nameNodeServes,
  )
  const dataNode = ownServer(java, [...jvm, `${packages}.datanode.DataNode`], join(folder, 'datanode.log'), hasDataNode)
  await nameNode.start()
  await dataNode.start()
  return {
    url,
    rpc,
    nameNode,
    dataNode,
    safeMode: action => tool('org.apache.hadoop.hdfs.tools.DFSAdmin', '-safemode', action),
    async close() {
      await Promise.all([dataNode.end('SIGKILL'), nameNode.end('SIGKILL')])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function ownServer(java: string, args: readonly string[], log: string, serves: () => Promise<boolean>): OwnServer {
  let child: ChildProcess | undefined
  process.on('exit', () => child?.kill('SIGKILL'))
  return {
    async start() {
      const output = openSync(log, 'a')
      const started = spawn(java, [...args], { stdio: ['ignore', output, output] })
      closeSync(output)
      child = started
      const isReady = () => {
        if (started.exitCode !== null) throw new Error(`it ended while it started:\n${tailOf(log)}`)
        return serves().catch(() => false)
      }
      await until(isReady, { what: `the server of ${log}`, timeoutMs: readyMs, everyMs: 200 })
    },
    async end(signal) {
      const running = child
      child = undefined
      if (!running || running.exitCode !== null || running.signalCode !== null) return
      const exited = once(running, 'exit')
      running.kill(signal)
      await exited
    },
  }
}
