import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Answer, exchange } from './exchange.ts'
import type { WebHdfsFault } from './fault.ts'
import type { FileTree } from './file-tree.ts'
import { createListener, type Listener } from './listener.ts'
import { type Asked, checkState, type NameNodeState, operate, partOf } from './operations.ts'
import { exceptionOf, FakeRemoteException } from './remote-exception.ts'

/** `dead`: down, and the NameNodes know. */
export type DataNodeState = 'up' | 'hung' | 'down' | 'dead'

/** One server, which is told how to be. */
export interface FakeServer<State extends string> {
  /** `host:port` of its HTTP address. */
  readonly host: string
  readonly state: State
  become(state: State): Promise<void>
}

/** What the servers of one cluster share. */
export interface Cluster {
  tree: FileTree
  /** Notes a call, and says what happens to it. */
  noteCall(op: string): WebHdfsFault | undefined
  nameNodes: FakeServer<NameNodeState>[]
  dataNodes: FakeServer<DataNodeState>[]
}

async function createServer<State extends string>(
  first: State,
  handle: (asked: Asked, io: { request: IncomingMessage; response: ServerResponse }) => Promise<void>,
): Promise<FakeServer<State>> {
  let state = first
  const listener: Listener = await createListener(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://fake')
    const path = decodeURIComponent(url.pathname.replace(/^\/webhdfs\/v1/, '')) || '/'
    if (state === 'hung') return
    await handle(
      { op: url.searchParams.get('op') ?? url.pathname, path, query: url.searchParams },
      { request, response },
    )
  })
  return {
    host: listener.host,
    get state() {
      return state
    },
    async become(next) {
      state = next
      if (next === 'down' || next === 'dead') await listener.down()
      else await listener.up()
    },
  }
}

/** A NameNode knows a DataNode by its transfer port, which is another than that of its HTTP address. */
const transferOf = (index: number) => `127.0.0.1:${10_000 + index}`

function liveNodesOf(cluster: Cluster): Answer {
  const nodes = cluster.dataNodes.map((node, index) => [
    transferOf(index),
    { infoAddr: node.host, infoSecureAddr: '127.0.0.1:0', xferaddr: transferOf(index), adminState: 'In Service' },
  ])
  return { status: 200, body: JSON.stringify({ beans: [{ LiveNodes: JSON.stringify(Object.fromEntries(nodes)) }] }) }
}

/** As NamenodeWebHdfsMethods: one on standby or in safe mode sends a CREATE on to a DataNode, which is then refused. */
export function createNameNode(cluster: Cluster, index: number): Promise<FakeServer<NameNodeState>> {
  let turn = index

  function redirect({ op, path, query }: Asked): Answer {
    if (op === 'OPEN') partOf(cluster.tree.read(path), query)
    const excluded = (query.get('excludedatanodes') ?? '').split(',')
    const left = cluster.dataNodes.filter((node, at) => node.state !== 'dead' && !excluded.includes(transferOf(at)))
    const node = left[turn++ % left.length]
    if (!node) throw exceptionOf('IOException', `Failed to find datanode. excludeDatanodes=${excluded}`)
    const to = new URLSearchParams({ ...Object.fromEntries(query), namenoderpcaddress: String(index) })
    to.delete('excludedatanodes')
    const path1 = path.split('/').map(encodeURIComponent).join('/')
    return { status: 307, headers: { location: `http://${node.host}/webhdfs/v1${path1}?${to}` } }
  }

  return createServer<NameNodeState>('active', (asked, io) => {
    if (asked.op === '/jmx')
      return exchange({ ...io, fault: cluster.noteCall('/jmx'), act: () => liveNodesOf(cluster) })
    const { op } = asked
    const fault = cluster.noteCall(op)
    const state = cluster.nameNodes[index]?.state ?? 'active'
    const act = () => {
      if (op !== 'CREATE' || state === 'starting') checkState(state, op)
      if (op === 'CREATE' || op === 'OPEN') return redirect(asked)
      return { status: 200, body: operate(cluster.tree, asked, { strict: true, stale: fault === 'stale' }) }
    }
    return exchange({ ...io, fault, act })
  })
}

/** As WebHdfsHandler: a `100 Continue` that nobody asked for, one call a connection, and the NameNode that sent us is asked. */
export function createDataNode(cluster: Cluster): Promise<FakeServer<DataNodeState>> {
  return createServer<DataNodeState>('up', (asked, io) => {
    const { op, path, query } = asked
    const { tree } = cluster
    const fault = cluster.noteCall(`dn:${op}`)
    if (op === 'CREATE') io.response.writeContinue()
    const state = cluster.nameNodes[Number(query.get('namenoderpcaddress'))]?.state ?? 'active'
    const begin = () => {
      checkState(state, op)
      if (op === 'CREATE') tree.open(path, query.get('overwrite') === 'true')
    }
    const act = (body: Buffer): Answer => {
      if (op === 'OPEN') return { status: 200, body: partOf(tree.read(path), query) }
      tree.complete(path, body)
      return { status: 201, headers: { location: `hdfs://fake${path}` } }
    }
    return exchange({ ...io, fault, begin, act })
  })
}

/** HttpFS answers 500 where WebHDFS answers 403 (HttpFSExceptionProvider). */
function asHttpFs<T>(act: () => T): T {
  try {
    return act()
  } catch (error) {
    if (!(error instanceof FakeRemoteException) || error.status !== 403) throw error
    throw new FakeRemoteException(error.exception, error.message, 500)
  }
}

/** As HttpFSServer: uploads in one step with `data=true`, the old rename only, `overwrite` unless told otherwise. */
export function createHttpFs(cluster: Cluster, index: number): Promise<FakeServer<NameNodeState>> {
  return createServer<NameNodeState>('active', (asked, io) => {
    const { op, path, query } = asked
    const { tree } = cluster
    const fault = cluster.noteCall(op)
    const upload = op === 'CREATE' && query.get('data') === 'true'
    const begin = () => {
      checkState(cluster.nameNodes[index]?.state ?? 'active', op)
      if (upload) tree.open(path, query.get('overwrite') !== 'false')
    }
    const act = (body: Buffer): Answer => {
      if (!query.has('user.name')) return { status: 401, body: '<html>' }
      if (op === 'OPEN' && Number(query.get('offset')) > tree.read(path).length) return { status: 500, body: '<html>' }
      if (op === 'OPEN') return { status: 200, body: partOf(tree.read(path), query) }
      if (op !== 'CREATE')
        return { status: 200, body: operate(tree, asked, { strict: false, stale: fault === 'stale' }) }
      if (!upload)
        return { status: 307, headers: { location: `http://${io.request.headers.host}${io.request.url}&data=true` } }
      if (io.request.headers['content-type'] !== 'application/octet-stream') return { status: 400 }
      tree.complete(path, body)
      return { status: 201 }
    }
    return exchange({ ...io, fault, begin: () => asHttpFs(begin), act: body => asHttpFs(() => act(body)) })
  })
}
