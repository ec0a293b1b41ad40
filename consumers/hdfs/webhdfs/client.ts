import { z } from 'zod'
import { StoreError } from '../store.ts'
import { outcomeOf, refusal } from './outcome.ts'
import { type HttpAnswer, NotConnected, request } from './request.ts'

export interface WebHdfsClientOptions {
  /** Addresses of NameNodes (or HttpFS servers) of one cluster, `http://host:9870`. */
  urls: readonly string[]
  /** Sent as `user.name`. */
  user: string
  /** @default 60_000 */
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
   * in safe mode are passed over, each asked once. Resolves with any 2xx answer, rejects with a {@link StoreError}.
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

/** Makes a client; nothing is sent before the first call. The server that answered last is asked first. */
export function createWebHdfsClient(options: WebHdfsClientOptions): WebHdfsClient {
  const { urls, user, idleTimeoutMs = 60_000 } = options
  let preferred = 0

  /** Asks each server once, beginning with the preferred, as long as they say that they did nothing. */
  async function ask(call: Call): Promise<HttpAnswer> {
    let last = new StoreError('invalid', `${call.op} ${call.path}: no address is configured`)
    for (let turn = 0; turn < urls.length; turn++) {
      const base = urls[preferred % urls.length] ?? ''
      const operation = `${call.op} ${call.path} at ${base}`
      try {
        const answer = await request({ ...call, url: addressOf(base, call, user), idleTimeoutMs })
        if (answer.status < 400) return answer
        const outcome = outcomeOf(answer.status, answer.body)
        last = refusal(operation, outcome)
        if (!outcome.rotate) throw last
      } catch (error) {
        if (error !== last && error instanceof StoreError) preferred++
        if (!(error instanceof NotConnected)) throw error
        last = new StoreError('unavailable', `${operation}: ${error.message}`, { cause: error })
        continue
      }
      preferred++
    }
    throw last
  }

  async function call(call: Call): Promise<HttpAnswer> {
    const { body, ...first } = call
    const operation = `${call.op} ${call.path}`
    const answer = await ask(first)
    if (answer.status < 300) return answer
    const { location } = answer.headers
    if (answer.status !== 307 || !location || !URL.canParse(location)) {
      throw new StoreError('invalid', `${operation}: HTTP ${answer.status} without an address to go on with`)
    }
    const second = await request({ method: call.method, url: new URL(location), ...(body && { body }), idleTimeoutMs })
    if (second.status < 300) return second
    throw refusal(`${operation} at ${new URL(location).host}`, outcomeOf(second.status, second.body))
  }

  return {
    urls,
    call,
    async callDirect(call) {
      const answer = await ask(call)
      if (answer.status < 300) return answer
      throw new StoreError('invalid', `${call.op} ${call.path}: HTTP ${answer.status} where no redirect was expected`)
    },
    async status(path) {
      const answer = await ask({ method: 'GET', op: 'GETFILESTATUS', path })
      return parseAnswer(`GETFILESTATUS ${path}`, answer, statusSchema).FileStatus
    },
    async list(path) {
      try {
        const answer = await ask({ method: 'GET', op: 'LISTSTATUS', path })
        return parseAnswer(`LISTSTATUS ${path}`, answer, listSchema).FileStatuses.FileStatus
      } catch (error) {
        if (error instanceof StoreError && error.code === 'not_found') return []
        throw error
      }
    },
    async makeFolder(path) {
      const answer = await ask({ method: 'PUT', op: 'MKDIRS', path })
      if (!parseBoolean(`MKDIRS ${path}`, answer)) throw new StoreError('refused', `MKDIRS ${path}: false`)
    },
    async remove(path) {
      await ask({ method: 'DELETE', op: 'DELETE', path, params: { recursive: 'false' } })
    },
  }
}
