import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jvmOptions, nobody, nodeName, settings, version } from '../../stack/elasticsearch.ts'
import { get } from '../../stack/http-get.ts'
import { fetchElasticsearch } from '../../stack/jars.ts'
import { run } from '../../stack/run.ts'
import { findJava } from '../../stack/tools.ts'
import { stablePorts } from '../../support/broker-cluster.ts'
import { type OwnServer, ownServer } from './own-server.ts'

/** An Elasticsearch of the harness's own, in a temporary folder and on free ports: nothing of the shared stack is touched. */
export interface OwnElasticsearch {
  /** Of each node. */
  readonly urls: readonly string[]
  readonly nodes: readonly OwnServer[]
  /** Asks the first node as an operator does, with plain HTTP; says whether it was done. */
  ask(method: 'PUT' | 'POST' | 'DELETE', path: string, body?: object): Promise<boolean>
  /** Which of the nodes is the master; -1 where those that answer know of none. */
  master(): Promise<number>
  /** Every node is there, and every copy of every index. */
  isGreen(): Promise<boolean>
  /** Kills it and removes its data. */
  close(): Promise<void>
}

/** Resolves when all nodes serve. */
export async function startOwnElasticsearch(count: 1 | 3): Promise<OwnElasticsearch> {
  const folder = mkdtempSync(join(tmpdir(), 'clicktrail-elasticsearch-'))
  const ports = await stablePorts(2 * count)
  const [https, transports] = [ports.slice(0, count), ports.slice(count)]
  const urls = https.map(port => `http://127.0.0.1:${port}`)
  const fetched = await fetchElasticsearch(version, line => console.error(line))
  const distribution = join(folder, 'distribution')
  // Whoever it runs as may not reach the checkout.
  cpSync(fetched, distribution, { recursive: true })
  const nodes = https.map((http, index) => {
    const own = join(folder, `node-${index}`)
    for (const name of ['data', 'logs', 'tmp']) mkdirSync(join(own, name), { recursive: true })
    cpSync(join(fetched, 'config'), join(own, 'config'), { recursive: true })
    const yml = settings({ folder: own, http, transport: transports[index] ?? 0, cluster: transports })
    writeFileSync(join(own, 'config/elasticsearch.yml'), yml)
    writeFileSync(join(own, 'config/jvm.options'), jvmOptions(own, count === 1 ? '512m' : '256m'))
    return ownServer({
      java: join(distribution, 'bin/elasticsearch'),
      args: [],
      log: join(own, 'logs', 'printed.log'),
      // Not when every index is there again: writers have to wait for those themselves.
      serves: async () => (await get(`${urls[index]}/_cluster/health`)).ok,
      env: {
        ES_JAVA_HOME: findJava().home,
        ES_PATH_CONF: join(own, 'config'),
        ES_TMPDIR: join(own, 'tmp'),
        HOME: own,
      },
      ...(nobody !== undefined && { uid: nobody }),
    })
  })
  if (nobody !== undefined) await run('chown', ['-R', `${nobody}:${nobody}`, folder], join(tmpdir(), 'chown.log'))
  await Promise.all(nodes.map(node => node.start()))

  /** Of each node that answers. */
  async function read(path: string): Promise<string[]> {
    const answers = await Promise.allSettled(urls.map(async url => (await get(`${url}${path}`)).text()))
    return answers.flatMap(answer => (answer.status === 'fulfilled' ? [answer.value.trim()] : []))
  }

  return {
    urls,
    nodes,
    async ask(method, path, body) {
      const headers = { 'content-type': 'application/json' }
      const response = await fetch(`${urls[0]}${path}`, {
        method,
        ...(body && { headers, body: JSON.stringify(body) }),
      })
      await response.arrayBuffer()
      return response.ok
    },
    async master() {
      const names = new Set(await read('/_cat/master?h=node&local=true'))
      return names.size === 1 ? transports.findIndex(port => names.has(nodeName(port))) : -1
    },
    async isGreen() {
      const path = `/_cluster/health?wait_for_status=green&wait_for_nodes=${count}&timeout=1s`
      return (await read(path)).every(answer => answer.includes('"status":"green"'))
    },
    async close() {
      await Promise.all(nodes.map(node => node.end('SIGKILL')))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
