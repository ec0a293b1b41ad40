import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addresses, ports } from './addresses.ts'
import { logFile, serverDir, stackDir } from './folders.ts'
import { get } from './http-get.ts'
import { fetchElasticsearch } from './jars.ts'
import { run } from './run.ts'
import type { ServerProcess } from './server-process.ts'
import { findJava } from './tools.ts'

export const version = '8.19.21'

/** Elasticsearch refuses to run as root: then it runs as `nobody`. */
export const nobody = process.getuid?.() === 0 ? 65534 : undefined

export const jvmOptions = (folder: string, heap = '1g') => `-XX:+UseG1GC
-Xms${heap}
-Xmx${heap}
-XX:-AlwaysPreTouch
-XX:+ExitOnOutOfMemoryError
-Djava.io.tmpdir=${folder}/tmp
20-:--add-modules=jdk.incubator.vector
23:-XX:CompileCommand=dontinline,java/lang/invoke/MethodHandle.setAsTypeCache
23:-XX:CompileCommand=dontinline,java/lang/invoke/MethodHandle.asTypeUncached
-Dorg.apache.lucene.store.MMapDirectory.sharedArenaMaxPermits=1
`

export interface NodeSettings {
  folder: string
  http: number
  transport: number
  /** Transport ports of all nodes of a new cluster. @default this one alone */
  cluster?: readonly number[]
}

/** What the node is called that has this transport port. */
export const nodeName = (transport: number) => `elasticsearch-${transport}`

function discovery(cluster: readonly number[]): string {
  if (cluster.length < 2) return 'discovery.type: single-node'
  const addresses = JSON.stringify(cluster.map(port => `127.0.0.1:${port}`))
  return `discovery.seed_hosts: ${addresses}\ncluster.initial_master_nodes: ${addresses}`
}

export const settings = ({ folder, http, transport, cluster = [] }: NodeSettings) => `cluster.name: clicktrail-stack
node.name: ${nodeName(transport)}
path.data: ${folder}/data
path.logs: ${folder}/logs
network.host: 127.0.0.1
http.port: ${http}
transport.port: ${transport}
${discovery(cluster)}
xpack.security.enabled: false
cluster.routing.allocation.disk.threshold_enabled: false
`

/** Where it runs: in the stack's folder, or in the system's temporary one where `nobody` can't reach the checkout. */
function workFolder(): string {
  const own = serverDir('elasticsearch')
  if (nobody === undefined) return own
  mkdirSync(own, { recursive: true })
  const reached = spawnSync('test', ['-x', own], { uid: nobody, gid: nobody, cwd: '/' }).status === 0
  return reached ? own : outsideFolder()
}

function outsideFolder(): string {
  const hash = createHash('sha256').update(stackDir).digest('hex').slice(0, 12)
  return join(tmpdir(), `clicktrail-stack-${hash}`)
}

/** Removes the data that may lie outside of the stack's folder. */
export function wipeElasticsearch(): void {
  rmSync(outsideFolder(), { recursive: true, force: true })
}

/** One node without security. */
export function elasticsearchProcesses(progress: (line: string) => void): ServerProcess[] {
  return [
    {
      name: 'elasticsearch',
      ports: [ports.elasticsearch, ports.elasticsearchTransport],
      ready: async () =>
        (await get(`${addresses.ELASTICSEARCH_URL}/_cluster/health?wait_for_status=yellow&timeout=1s`)).ok,
      prepare: async mark => {
        const { home } = findJava()
        const fetched = await fetchElasticsearch(version, progress)
        const folder = workFolder()
        const distribution = folder === serverDir('elasticsearch') ? fetched : join(folder, `elasticsearch-${version}`)
        for (const name of ['config/jvm.options.d', 'data', 'logs', 'tmp']) {
          mkdirSync(join(folder, name), { recursive: true })
        }
        if (!existsSync(distribution)) cpSync(fetched, distribution, { recursive: true })
        cpSync(join(fetched, 'config'), join(folder, 'config'), { recursive: true })
        const yml = settings({ folder, http: ports.elasticsearch, transport: ports.elasticsearchTransport })
        writeFileSync(join(folder, 'config/elasticsearch.yml'), yml)
        writeFileSync(join(folder, 'config/jvm.options'), jvmOptions(folder))
        if (nobody !== undefined) {
          await run('chmod', ['-R', 'a+rX', distribution, folder], logFile('format'))
          await run('chown', ['-R', `${nobody}:${nobody}`, folder], logFile('format'))
        }
        return {
          file: join(distribution, 'bin/elasticsearch'),
          args: [],
          cwd: folder,
          env: {
            ES_JAVA_HOME: home,
            ES_PATH_CONF: join(folder, 'config'),
            ES_TMPDIR: join(folder, 'tmp'),
            HOME: folder,
            // the launcher and the server are two JVMs
            CLI_JAVA_OPTS: mark,
            ES_JAVA_OPTS: mark,
          },
          ...(nobody !== undefined && { uid: nobody }),
        }
      },
    },
  ]
}
