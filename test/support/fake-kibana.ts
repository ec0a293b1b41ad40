import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { z } from 'zod'

const reference = z.object({ type: z.string(), id: z.string(), name: z.string() })
const savedObject = z.strictObject({
  type: z.string(),
  id: z.string(),
  attributes: z.looseObject({ title: z.string() }),
  references: z.array(reference),
  coreMigrationVersion: z.string(),
  typeMigrationVersion: z.string(),
})
type StoredObject = z.infer<typeof savedObject>

export interface FakeKibana {
  readonly url: string
  /** Saved objects by `<space>/<type>/<id>`; the default space is empty. */
  readonly objects: Map<string, StoredObject>
  /** Requests as they came: method, path and authorization. */
  readonly requests: { method: string; path: string; authorization: string | undefined }[]
  /** The next requests get these instead, one each. */
  readonly faults: { status: number; body?: string; headers?: Record<string, string> }[]
  version: string
  close(): Promise<void>
}

/** An answer as Kibana's API gives it for what it refuses. */
function refused(statusCode: number, error: string, message: string) {
  return { status: statusCode, body: JSON.stringify({ statusCode, error, message }) }
}

/** The two requests that an import makes, over real HTTP, refused where Kibana 8 refuses them. */
export async function startFakeKibana(): Promise<FakeKibana> {
  const server = createServer((request, response) => void answer(request, response))
  const fake: FakeKibana = {
    url: '',
    objects: new Map(),
    requests: [],
    faults: [],
    version: '8.19.21',
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { method = '', url: path = '', headers } = request
    fake.requests.push({ method, path, authorization: headers.authorization })
    const said = fake.faults.shift() ?? (await route(method, path, headers, Buffer.concat(chunks)))
    response.writeHead(said.status, { 'content-type': 'application/json', ...('headers' in said ? said.headers : {}) })
    response.end(said.body)
  }

  async function route(method: string, path: string, headers: IncomingMessage['headers'], body: Buffer) {
    const { pathname, searchParams } = new URL(path, 'http://kibana')
    const [, space = '', api] = /^(?:\/s\/([^/]+))?(\/api\/.*)$/.exec(pathname) ?? []
    if (api === '/api/status' && method === 'GET')
      return { status: 200, body: JSON.stringify({ name: 'fake', version: { number: fake.version } }) }
    if (api !== '/api/saved_objects/_import' || method !== 'POST') return refused(404, 'Not Found', 'Not Found')
    if (!headers['kbn-xsrf']) return refused(400, 'Bad Request', 'Request must contain a kbn-xsrf header.')
    for (const [name, value] of searchParams)
      if (!['overwrite', 'createNewCopies', 'compatibilityMode'].includes(name) || !/^(true|false)$/.test(value))
        return refused(400, 'Bad Request', `[request query.${name}]: definition for this key is missing`)
    const type = headers['content-type'] ?? ''
    if (!type.startsWith('multipart/form-data; boundary=')) return refused(415, 'Unsupported Media Type', 'Unsupported')
    const form = await new Response(body, { headers: { 'content-type': type } }).formData()
    const file = form.get('file')
    if (!(file instanceof File) || [...form.keys()].length !== 1)
      return refused(400, 'Bad Request', '[request body.file]: expected value of type [Stream]')
    if (!file.name.endsWith('.ndjson')) return refused(400, 'Bad Request', `Invalid file extension ${file.name}`)
    return store(space, await file.text(), searchParams.get('overwrite') === 'true')
  }

  function store(space: string, text: string, overwrite: boolean) {
    const lines = text.split('\n').filter(line => line !== '')
    const objects = lines.map(line => savedObject.parse(JSON.parse(line)))
    const keys = objects.map(({ type, id }) => `${space}/${type}/${id}`)
    if (new Set(keys).size !== keys.length) return refused(400, 'Bad Request', 'Non-unique import objects detected')
    const successResults: object[] = []
    const errors: object[] = []
    for (const object of objects) {
      const { type, id, references } = object
      const meta = { title: object.attributes.title }
      const key = `${space}/${type}/${id}`
      const there = fake.objects.has(key)
      // Only these two kinds of reference are looked at.
      const missing = references.filter(
        to => ['index-pattern', 'search'].includes(to.type) && !keys.includes(`${space}/${to.type}/${to.id}`),
      )
      if (missing.length > 0)
        errors.push({ type, id, meta, error: { type: 'missing_references', references: missing } })
      else if (there && !overwrite) errors.push({ type, id, meta, error: { type: 'conflict' } })
      else {
        fake.objects.set(key, object)
        successResults.push({ type, id, meta, managed: false, ...(there ? { overwrite: true } : {}) })
      }
    }
    const some = { ...(errors.length > 0 ? { errors } : {}), ...(successResults.length > 0 ? { successResults } : {}) }
    const body = { successCount: successResults.length, success: errors.length === 0, warnings: [], ...some }
    return { status: 200, body: JSON.stringify(body) }
  }

  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return Object.assign(fake, { url: `http://127.0.0.1:${address && typeof address === 'object' ? address.port : 0}` })
}
