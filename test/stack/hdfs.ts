import { existsSync, mkdirSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { addresses, hdfsRpc, ports } from './addresses.ts'
import { logFile, serverDir } from './folders.ts'
import { hadoopJvm, hadoopXml, quickBlocks, writeHadoopConfig } from './hadoop-config.ts'
import { get } from './http-get.ts'
import { fetchJars } from './jars.ts'
import { run } from './run.ts'
import type { Launch, ServerProcess } from './server-process.ts'
import { findJava } from './tools.ts'

const namenodeClass = 'org.apache.hadoop.hdfs.server.namenode.NameNode'
const datanodeClass = 'org.apache.hadoop.hdfs.server.datanode.DataNode'

function writeConfig(folder: string): string {
  const config = join(folder, 'conf')
  // HttpServer2 wants these folders on the classpath and the jars have none: empty ones do
  for (const webapp of ['hdfs', 'datanode']) mkdirSync(join(config, 'webapps', webapp), { recursive: true })
  const user = userInfo().username
  return writeHadoopConfig(config, {
    'core-site.xml': hadoopXml({
      'fs.defaultFS': `hdfs://${hdfsRpc}`,
      'hadoop.tmp.dir': join(folder, 'tmp'),
      'hadoop.http.staticuser.user': user,
      // HttpFS acts for the users that its callers name
      [`hadoop.proxyuser.${user}.hosts`]: '*',
      [`hadoop.proxyuser.${user}.groups`]: '*',
    }),
    'hdfs-site.xml': hadoopXml({
      ...quickBlocks,
      'dfs.replication': 1,
      'dfs.permissions.enabled': false,
      'dfs.namenode.rpc-address': hdfsRpc,
      'dfs.namenode.http-address': `127.0.0.1:${ports.hdfsHttp}`,
      'dfs.namenode.name.dir': pathToFileURL(join(folder, 'name')).href,
      'dfs.namenode.datanode.registration.ip-hostname-check': false,
      'dfs.namenode.safemode.extension': 0,
      'dfs.namenode.fs-limits.min-block-size': 4096,
      'dfs.datanode.data.dir': pathToFileURL(join(folder, 'data')).href,
      'dfs.datanode.hostname': '127.0.0.1',
      'dfs.datanode.address': `127.0.0.1:${ports.datanodeTransfer}`,
      'dfs.datanode.ipc.address': `127.0.0.1:${ports.datanodeIpc}`,
      'dfs.datanode.http.address': `127.0.0.1:${ports.datanodeHttp}`,
    }),
  })
}

/** Out of safe mode, with its DataNode registered, and WebHDFS itself answers. */
async function serves(): Promise<boolean> {
  const state = await get(`${addresses.HDFS_URL}/jmx?qry=Hadoop:service=NameNode,name=FSNamesystemState`)
  const text = await state.text()
  if (!/"NumLiveDataNodes"\s*:\s*1\b/.test(text) || !/"FSState"\s*:\s*"Operational"/.test(text)) return false
  return (await get(`${addresses.HDFS_URL}/webhdfs/v1/?op=LISTSTATUS`)).ok
}

/** A NameNode and one DataNode, permissions off. */
export function hdfsProcesses(progress: (line: string) => void): ServerProcess[] {
  const folder = serverDir('hdfs')
  const prepare = async (mainClass: string, mark: string): Promise<Launch> => {
    // its DataNode dies of a percent sign in the URI of its data
    if (/[\s%]/.test(folder)) throw new Error(`HDFS can't run in a folder with spaces in its path: ${folder}.`)
    const { java } = findJava()
    const jars = await fetchJars('hdfs', progress)
    mkdirSync(join(folder, 'tmp'), { recursive: true })
    const classpath = ['-cp', `${writeConfig(folder)}:${join(jars, '*')}`]
    const jvm = [...hadoopJvm, `-Djava.io.tmpdir=${join(folder, 'tmp')}`]
    if (mainClass === namenodeClass && !existsSync(join(folder, 'name/current'))) {
      await run(java, [...jvm, ...classpath, namenodeClass, '-format', '-nonInteractive'], logFile('format'))
    }
    return { file: java, cwd: folder, args: [...jvm, mark, ...classpath, mainClass] }
  }
  return [
    {
      name: 'namenode',
      ports: [ports.hdfsHttp, ports.hdfsRpc],
      prepare: mark => prepare(namenodeClass, mark),
      ready: serves,
    },
    {
      name: 'datanode',
      ports: [ports.datanodeTransfer, ports.datanodeIpc, ports.datanodeHttp],
      prepare: mark => prepare(datanodeClass, mark),
      // a NameNode counts a stopped DataNode as live for minutes: ask both
      ready: async () => (await get(`http://127.0.0.1:${ports.datanodeHttp}/`)).status < 500 && (await serves()),
    },
  ]
}
