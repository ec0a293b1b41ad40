import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { addresses, hdfsRpc, ports } from './addresses.ts'
import { serverDir } from './folders.ts'
import { hadoopJvm, hadoopXml, quickBlocks, writeHadoopConfig } from './hadoop-config.ts'
import { get } from './http-get.ts'
import { fetchJars } from './jars.ts'
import type { ServerProcess } from './server-process.ts'
import { findJava } from './tools.ts'

/** HttpFS, the gateway to the stack's HDFS; it is ready when that is. */
export function httpfsProcesses(progress: (line: string) => void): ServerProcess[] {
  const folder = serverDir('httpfs')
  return [
    {
      name: 'httpfs',
      ports: [ports.httpfs],
      ready: async () => (await get(`${addresses.HTTPFS_URL}/webhdfs/v1/?op=GETFILESTATUS&user.name=clicktrail`)).ok,
      prepare: async mark => {
        const { java } = findJava()
        const jars = await fetchJars('httpfs', progress)
        for (const name of ['logs', 'temp']) mkdirSync(join(folder, name), { recursive: true })
        const user = userInfo().username
        const config = writeHadoopConfig(join(folder, 'conf'), {
          'core-site.xml': hadoopXml({ 'fs.defaultFS': `hdfs://${hdfsRpc}`, 'hadoop.tmp.dir': join(folder, 'temp') }),
          'hdfs-site.xml': hadoopXml(quickBlocks),
          'httpfs-site.xml': hadoopXml({
            'httpfs.http.hostname': '127.0.0.1',
            'httpfs.http.port': ports.httpfs,
            'httpfs.hadoop.config.dir': join(folder, 'conf'),
            [`httpfs.proxyuser.${user}.hosts`]: '*',
            [`httpfs.proxyuser.${user}.groups`]: '*',
          }),
          'httpfs-signature.secret': randomBytes(16).toString('hex'),
        })
        const own = {
          'home.dir': folder,
          'config.dir': config,
          'log.dir': `${folder}/logs`,
          'temp.dir': `${folder}/temp`,
        }
        const settings = Object.entries(own).map(([name, value]) => `-Dhttpfs.${name}=${value}`)
        const jvm = [...hadoopJvm, `-Djava.io.tmpdir=${join(folder, 'temp')}`, mark, ...settings]
        const mainClass = 'org.apache.hadoop.fs.http.server.HttpFSServerWebServer'
        return { file: java, cwd: folder, args: [...jvm, '-cp', `${config}:${join(jars, '*')}`, mainClass] }
      },
    },
  ]
}
