import { z } from 'zod'
import { StoreError } from '../store.ts'
import { outcomeOf, Refused } from './outcome.ts'
import { redirectOf } from './redirect.ts'
import { type HttpAnswer, type HttpRequest, request, Unanswered } from './request.ts'
import { createSuspects } from './suspects.ts'

export interface WebHdfsClientOptions {
  /** Addresses of NameNodes (or HttpFS servers) of one cluster, `http://host:9870`. */
  urls: readonly string[]
  /** Sent as `user.name`. */
  user: string
  /** DataNodes that may be talked to: `host`, `*.domain`, either with `:port`. @default any that the NameNode names */
  dataNodes?: readonly string[] | undefined
  /** A server that does not take a connection within that time is down. @default 10_000 */
  connectTimeoutMs?: number
  /** A server that sends and takes nothing for that time is given up. @default 60_000 */
  idleTimeoutMs?: number
}

export interface Call {
  method: 'GET' | 'PUT' | 'DELETE'
  op: string
  /** Absolute. */
  path: string
  params?: Record<string, string>
  body?: readonly Uint8Array[]
}

/** The WebHDFS REST API, as NameNodes and HttpFS servers speak it. */
export interface WebHdfsClient {
  readonly urls: readonly string[]
  /**
   * One call; a redirect to a DataNode is followed with the body, which the first server does not get. Servers that are down, on standby or
   * in safe mode are passed over, each asked once, and so are up to two DataNodes that are down. Resolves with any 2xx
   * answer, rejects with a {@link StoreError}; what may have been done is not repeated.
   */
  call(call: Call): Promise<HttpAnswer>
  /** Sends `body` to the addressed server itself instead of to where that redirects. */
  callDirect(call: Call): Promise<HttpAnswer>
  status(path: string): Promise<FileStatus>
  /** A folder's content; empty if it does not exist. */
  list(path: string): Promise<FileStatus[]>
  /** Makes a folder and its parents; it may exist. */
  makeFolder(path: string): Promise<void>
  /** Removes a file; it may be gone already. */
  remove(path: string): Promise<void>
}

const fileStatusSchema = z.object({
  pathSuffix: z.string(),
  type: z.enum(['FILE', 'DIRECTORY', 'SYMLINK']),
  length: z.int(),
  modificationTime: z.int(),
})
export type FileStatus = z.infer<typeof fileStatusSchema>

const statusSchema = z.object({ FileStatus: fileStatusSchema })
const listSchema = z.object({ FileStatuses: z.object({ FileStatus: z.array(fileStatusSchema) }) })
const booleanSchema = z.object({ boolean: z.boolean() })

/** A JSON answer in a shape. A listing may break off in mid-body after its 200: what can't be read is `unavailable`. */
export function parseAnswer<T>(operation: string, answer: HttpAnswer, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(answer.body.toString()))
  } catch (cause) {
    throw new StoreError(
      'unavailable',
      `${operation}: the answer can't be read: ${outcomeOf(answer.status, answer.body).reason}`,
      { cause },
    )
  }
}

/** The `boolean` of MKDIRS, DELETE and the old RENAME. */
export function parseBoolean(operation: string, answer: HttpAnswer): boolean {
  return parseAnswer(operation, answer, booleanSchema).boolean
}

function addressOf(base: string, call: Call, user: string): URL {
  const path = call.path.split('/').map(encodeURIComponent).join('/')
  const url = new URL(`${base.replace(/\/+$/, '')}/webhdfs/v1${path}`)
  url.search = new URLSearchParams({ op: call.op, 'user.name': user, ...call.params }).toString()
  return url
}

/** How many DataNodes are tried for one call. */
const maxDataNodes = 3

/** Makes a client; nothing is sent before the first call. The server that answered last is asked first. */
export function createWebHdfsClient(options: WebHdfsClientOptions): WebHdfsClient {
  const { urls, user, dataNodes, connectTimeoutMs = 10_000, idleTimeoutMs = 60_000 } = options
  const patience = { connectTimeoutMs, idleTimeoutMs }
  const suspects = createSuspects(patience)
  let preferred = 0

  async function exchange(sent: Pick<HttpRequest, 'method' | 'url' | 'body'>, call: Call): Promise<HttpAnswer> {
    const answer = await request({ ...sent, ...patience })
    if (answer.status < 400) return answer
    const outcome = outcomeOf(answer.status, answer.body, answer.headers)
    throw new Refused(`${call.op} ${call.path} at ${sent.url.host}`, outcome)
  }

  /** Asks each server once, beginning with the preferred, as long as nothing has been done. */
  async function ask(call: Call, talk: (base: string) => Promise<HttpAnswer>): Promise<HttpAnswer> {
    const first = preferred
    let last = new StoreError('invalid', `${call.op} ${call.path}: no address is configured`)
    for (let turn = first; turn < first + urls.length; turn++) {
      try {
        const answer = await talk(urls[turn % urls.length] ?? '')
        preferred = turn % urls.length
        return answer
      } catch (error) {
        const passOver = error instanceof Unanswered || (error instanceof Refused && error.rotate)
        if (!passOver) throw error
        preferred = (turn + 1) % urls.length
        if (error instanceof Unanswered && error.sent) throw error
        last = error
      }
    }
    throw last
  }

  async function askDirect(call: Call): Promise<HttpAnswer> {
    const answer = await ask(call, base => exchange({ ...call, url: addressOf(base, call, user) }, call))
    if (answer.status < 300) return answer
    throw new StoreError('invalid', `${call.op} ${call.path}: HTTP ${answer.status} where no redirect was expected`)
  }

  /** Where the NameNode sends this call, leaving out the DataNodes that failed; or its answer, if it has one itself. */
  async function redirected(base: string, call: Call): Promise<HttpAnswer | URL> {
    const { body: _, ...first } = call
    const excluded = suspects.excluded()
    const params = { ...call.params, ...(excluded && { excludedatanodes: excluded }) }
    const url = addressOf(base, { ...first, params }, user)
    try {
      const answer = await exchange({ ...first, url }, call)
      return answer.status < 300 ? answer : redirectOf(answer, url, dataNodes)
    } catch (error) {
      if (!excluded || !(error instanceof Refused) || error.rotate) throw error
      // Without them there may be no DataNode left, and one of them may be back.
      suspects.clear()
      return redirected(base, call)
    }
  }

  async function askRedirected(base: string, call: Call): Promise<HttpAnswer> {
    for (let tried = 1; ; tried++) {
      const target = await redirected(base, call)
      if (!(target instanceof URL)) return target
      try {
        return await exchange({ ...call, url: target }, call)
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error
        await suspects.add(base, target)
        if (error.sent || tried === maxDataNodes) throw error
      }
    }
  }

  return {
    urls,
    call: call => ask(call, base => askRedirected(base, call)),
    callDirect: askDirect,
    async status(path) {
      const answer = await askDirect({ method: 'GET', op: 'GETFILESTATUS', path })
      return parseAnswer(`GETFILESTATUS ${path}`, answer, statusSchema).FileStatus
    },
    async list(path) {
      try {
        const answer = await askDirect({ method: 'GET', op: 'LISTSTATUS', path })
        return parseAnswer(`LISTSTATUS ${path}`, answer, listSchema).FileStatuses.FileStatus
      } catch (error) {
        if (error instanceof StoreError && error.code === 'not_found') return []
        throw error
      }
    },
    async makeFolder(path) {
      const answer = await askDirect({ method: 'PUT', op: 'MKDIRS', path })
      if (!parseBoolean(`MKDIRS ${path}`, answer)) throw new StoreError('refused', `MKDIRS ${path}: false`)
    },
    async remove(path) {
      await askDirect({ method: 'DELETE', op: 'DELETE', path, params: { recursive: 'false' } })
    },
  }
}
