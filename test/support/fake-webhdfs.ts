import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the next call of an operation gets instead of its answer. `reset`: no answer; `cut`: the body is kept short, 201. */
export type WebHdfsFault = { status: number; exception: string } | { status: number; body: string } | 'reset' | 'cut'

/**
 * NameNode and DataNode in one small server on loopback: redirects, an unasked `100 Continue`, one connection a call. As
 * HttpFS it takes `data=true` in one step and knows the old rename only.
 */
export interface FakeWebHdfs {
  readonly url: string
  /** Absolute path to content. */
  readonly files: Map<string, Buffer>
  /** Operations in the order in which they came; the DataNode's with `dn:` before. */
  readonly calls: string[]
  /** Faults by operation, each taken once. */
  readonly faults: Map<string, WebHdfsFault[]>
  close(): Promise<void>
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const remote = (exception: string) => JSON.stringify({ RemoteException: { exception, message: `a ${exception}` } })
const statusOf = (name: string, content?: Buffer) => ({
  pathSuffix: name,
  type: content ? 'FILE' : 'DIRECTORY',
  length: content?.length ?? 0,
  modificationTime: Date.now(),
})

/** Listens on a free port until `close()`. */
export async function startFakeWebHdfs(kind: 'webhdfs' | 'httpfs' = 'webhdfs'): Promise<FakeWebHdfs> {
  const http = kind === 'httpfs'
  const files = new Map<string, Buffer>()
  const calls: string[] = []
  const faults = new Map<string, WebHdfsFault[]>()

  function childrenOf(folder: string) {
    const children = new Map<string, Buffer | undefined>()
    for (const [path, content] of files) {
      if (!path.startsWith(`${folder}/`)) continue
      const [name = '', ...rest] = path.slice(folder.length + 1).split('/')
      children.set(name, rest.length > 0 ? undefined : content)
    }
    return [...children].map(([name, content]) => statusOf(name, content))
  }

  function rename(from: string, to: string): [number, string] {
    const content = files.get(from)
    if (http && (!content || files.has(to))) return [200, '{"boolean":false}']
    if (!content) return [404, remote('FileNotFoundException')]
    if (files.has(to)) return [403, remote('FileAlreadyExistsException')]
    files.delete(from)
    files.set(to, content)
    return [200, http ? '{"boolean":true}' : '']
  }

  function answer(op: string, path: string, query: URLSearchParams, body: Buffer): [number, string | Buffer] {
    const content = files.get(path)
    const offset = Number(query.get('offset'))
    const children = childrenOf(path)
    const missing: [number, string] = [404, remote('FileNotFoundException')]
    if (op === 'MKDIRS') return [200, '{"boolean":true}']
    if (op === 'DELETE' && query.get('recursive') === 'true') {
      for (const one of [...files.keys()]) if (one.startsWith(`${path}/`)) files.delete(one)
    }
    if (op === 'DELETE') return [200, JSON.stringify({ boolean: files.delete(path) })]
    if (op === 'RENAME') return rename(path, query.get('destination') ?? '')
    if (op === 'LISTSTATUS' && children.length === 0) return missing
    if (op === 'LISTSTATUS') return [200, JSON.stringify({ FileStatuses: { FileStatus: children } })]
    if (op === 'GETFILESTATUS') return content ? [200, JSON.stringify({ FileStatus: statusOf('', content) })] : missing
    const created = op === 'dn:CREATE' || op === 'CREATE'
    if (created) files.set(path, body)
    if (created) return [201, '']
    if (op.endsWith('OPEN') && content) return [200, content.subarray(offset, offset + Number(query.get('length')))]
    return missing
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', `http://${request.headers.host}`)
    const data = url.pathname.startsWith('/datanode')
    if (data) response.writeContinue()
    const body = await bodyOf(request)
    const op = `${data ? 'dn:' : ''}${url.searchParams.get('op')}`
    const path = decodeURIComponent(url.pathname.replace(/^(\/datanode)?\/webhdfs\/v1/, ''))
    calls.push(op)
    const fault = faults.get(op)?.shift()
    if (fault === 'reset') return void request.socket.destroy()
    if (fault === 'cut') return void response.writeHead(201).end(files.set(path, body.subarray(1)) && '')
    if (fault) return void response.writeHead(fault.status).end('body' in fault ? fault.body : remote(fault.exception))
    const whole = http && url.searchParams.get('data') === 'true'
    if (!data && !whole && (op === 'CREATE' || (op === 'OPEN' && files.has(path)))) {
      return void response.writeHead(307, { location: `${url.origin}/datanode${url.pathname}${url.search}` }).end()
    }
    const [status, content] = answer(op, path, url.searchParams, body)
    response.writeHead(status, { connection: 'close' }).end(content)
  }

  const server = createServer((request, response) => void handle(request, response))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    files,
    calls,
    faults,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
