import { once } from 'node:events'
import { createServer, connect as dial, type Server, type Socket } from 'node:net'
import { z } from 'zod'

/** One request that comes through. */
export interface ProxiedCall {
  /** `RENAME`, `CREATE`, … */
  op: string
  /** It goes to a DataNode, where a NameNode has sent it on. */
  dataNode: boolean
}

/**
 * `lose`: it is done, and instead of the answer comes a reset. `cut`: the server gets half of the body, then both sides are cut off.
 * `halt`: it gets half of the body, and the rest when `halfway` has resolved. `stale`: a listing lacks the newest three files; one of
 * up to a dozen lacks none, since what was there all along is never missing.
 */
export type Treatment = 'pass' | 'lose' | 'cut' | 'halt' | 'stale'

/** Stands before a NameNode and, by the addresses that it sends callers on to, before its DataNodes. */
export interface WebHdfsProxy {
  readonly url: string
  /** Asked once a request. @default always `pass` */
  treat: (call: ProxiedCall) => Treatment
  /** @default at once */
  halfway: () => Promise<void>
  /** Listings that lacked files. */
  readonly staleAnswers: number
  close(): Promise<void>
}

/** Carries the bytes of requests that end their connection, as WebHDFS clients send them, and changes nothing but the ports of redirects. */
export async function startWebHdfsProxy(nameNode: string): Promise<WebHdfsProxy> {
  const servers = new Set<Server>()
  const sockets = new Set<Socket>()
  /** By the port of a DataNode. */
  const dataNodes = new Map<string, Promise<number>>()

  async function listen(targetPort: number, dataNode: boolean): Promise<number> {
    const server = createServer(client => carry(client, targetPort, dataNode)).listen(0, '127.0.0.1')
    servers.add(server)
    await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    return address.port
  }

  function portBefore(dataNodePort: string): Promise<number> {
    const known = dataNodes.get(dataNodePort) ?? listen(Number(dataNodePort), true)
    dataNodes.set(dataNodePort, known)
    return known
  }

  function carry(client: Socket, targetPort: number, dataNode: boolean): void {
    const server = dial({ port: targetPort, host: '127.0.0.1' })
    let head = Buffer.alloc(0)
    let treatment: Treatment | undefined
    let allowance = Number.POSITIVE_INFINITY
    let held: Promise<void> | undefined
    const answer: Buffer[] = []
    const reset = () => {
      client.resetAndDestroy()
      server.destroy()
    }
    for (const socket of [client, server]) {
      sockets.add(socket)
      socket.on('error', reset)
      socket.on('close', () => sockets.delete(socket))
    }
    client.on('close', () => server.destroy())
    client.on('data', (chunk: Buffer) => {
      if (held) return void held.then(() => server.write(chunk))
      if (treatment) return forward(chunk)
      head = Buffer.concat([head, chunk])
      const headBytes = head.indexOf('\r\n\r\n') + 4
      if (headBytes < 4) return
      const text = head.toString('latin1', 0, headBytes)
      treatment = proxy.treat({ op: /[?&]op=(\w+)/.exec(text)?.[1] ?? '', dataNode })
      if (treatment === 'stale') return void answerStale(/ (\S+)/.exec(text)?.[1] ?? '')
      if (treatment === 'cut' || treatment === 'halt')
        allowance = headBytes + Math.floor(Number(/^content-length: *(\d+)/im.exec(text)?.[1] ?? 0) / 2)
      forward(head)
    })
    function forward(chunk: Buffer): void {
      const part = chunk.subarray(0, allowance)
      allowance -= chunk.length
      server.write(part, () => {
        if (allowance > 0) return
        if (treatment === 'cut') return reset()
        held ??= proxy.halfway()
        void held.then(() => server.write(chunk.subarray(part.length)))
      })
    }
    async function answerStale(path: string): Promise<void> {
      const { status, body, isStale } = await staleListing(new URL(path, nameNode))
      if (isStale) staleAnswers++
      const length = Buffer.byteLength(body)
      client.end(
        `HTTP/1.1 ${status} OK\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n${body}`,
      )
      server.destroy()
    }
    server.on('data', (chunk: Buffer) => answer.push(chunk))
    server.on('end', () => {
      if (treatment === 'lose') return reset()
      void throughProxies(Buffer.concat(answer)).then(bytes => client.end(bytes))
    })
  }

  /** The answer with a redirect that leads through here. */
  async function throughProxies(answer: Buffer): Promise<Buffer> {
    const text = answer.toString('latin1')
    const [line, before = '', port = ''] = /^(Location: *http:\/\/[^/:]+:)(\d+)/im.exec(text) ?? []
    if (line === undefined) return answer
    return Buffer.from(text.replace(line, `${before}${await portBefore(port)}`), 'latin1')
  }

  let staleAnswers = 0
  const port = await listen(Number(new URL(nameNode).port), false)
  const proxy: WebHdfsProxy = {
    url: `http://127.0.0.1:${port}`,
    treat: () => 'pass',
    halfway: async () => {},
    get staleAnswers() {
      return staleAnswers
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await Promise.all([...servers].map(server => new Promise(resolve => server.close(resolve))))
    },
  }
  return proxy
}

const listing = z.looseObject({
  FileStatuses: z.looseObject({
    FileStatus: z.array(z.looseObject({ type: z.string(), pathSuffix: z.string(), modificationTime: z.number() })),
  }),
})

const leastFiles = 12
const unseenFiles = 3

/** What the NameNode answers, as it was before the newest files. */
async function staleListing(url: URL): Promise<{ status: number; body: string; isStale: boolean }> {
  const response = await fetch(url)
  const body = await response.text()
  const answer = { status: response.status, body, isStale: false }
  if (!response.ok) return answer
  const statuses = listing.parse(JSON.parse(body)).FileStatuses.FileStatus
  const files = statuses.filter(({ type }) => type === 'FILE').sort((a, b) => a.modificationTime - b.modificationTime)
  if (files.length <= leastFiles) return answer
  const unseen = new Set(files.slice(-unseenFiles))
  const seen = { FileStatuses: { FileStatus: statuses.filter(one => !unseen.has(one)) } }
  return { ...answer, body: JSON.stringify(seen), isStale: true }
}
