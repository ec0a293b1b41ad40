import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jvmOptions, nobody, settings, version } from '../../stack/elasticsearch.ts'
import { get } from '../../stack/http-get.ts'
import { fetchElasticsearch } from '../../stack/jars.ts'
import { run } from '../../stack/run.ts'
import { findJava } from '../../stack/tools.ts'
import { stablePorts } from '../../support/broker-cluster.ts'
import { type OwnServer, ownServer } from './own-server.ts'

/** An Elasticsearch of the harness's own, in a temporary folder and on free ports: nothing of the shared stack is touched. */
export interface OwnElasticsearch {
  readonly url: string
  readonly node: OwnServer
  /** Asks as an operator does, with plain HTTP; says whether it was done. */
  ask(method: 'PUT' | 'POST', path: string, body?: object): Promise<boolean>
  /** Kills it and removes its data. */
  close(): Promise<void>
}

/** Resolves when one node serves. */
export async function startOwnElasticsearch(): Promise<OwnElasticsearch> {
  const folder = mkdtempSync(join(tmpdir(), 'clicktrail-elasticsearch-'))
  const [http = 0, transport = 0] = await stablePorts(2)
  const url = `http://127.0.0.1:${http}`
  const fetched = await fetchElasticsearch(version, line => console.error(line))
  const distribution = join(folder, 'distribution')
  // Whoever it runs as may not reach the checkout.
  cpSync(fetched, distribution, { recursive: true })
  cpSync(join(fetched, 'config'), join(folder, 'config'), { recursive: true })
  for (const name of ['data', 'logs', 'tmp']) mkdirSync(join(folder, name))
  writeFileSync(join(folder, 'config/elasticsearch.yml'), settings(folder, http, transport))
  writeFileSync(join(folder, 'config/jvm.options'), jvmOptions(folder, '512m'))
  if (nobody !== undefined) await run('chown', ['-R', `${nobody}:${nobody}`, folder], join(tmpdir(), 'chown.log'))
  const node = ownServer({
    java: join(distribution, 'bin/elasticsearch'),
    args: [],
    log: join(folder, 'logs', 'printed.log'),
    // Not when every index is there again: writers have to wait for those themselves.
    serves: async () => (await get(`${url}/_cluster/health`)).ok,
    env: {
      ES_JAVA_HOME: findJava().home,
      ES_PATH_CONF: join(folder, 'config'),
      ES_TMPDIR: join(folder, 'tmp'),
      HOME: folder,
    },
    ...(nobody !== undefined && { uid: nobody }),
  })
  await node.start()
  return {
    url,
    node,
    async ask(method, path, body) {
      const headers = { 'content-type': 'application/json' }
      const response = await fetch(`${url}${path}`, { method, ...(body && { headers, body: JSON.stringify(body) }) })
      await response.arrayBuffer()
      return response.ok
    },
    async close() {
      await node.end('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
