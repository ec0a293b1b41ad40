import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { z } from 'zod'

export interface FakeRequest {
  method: string
  path: string
  body: string
}

/**
 * What a fault answers instead: undefined lets the request through, 'hang' never answers, 'reset' cuts the connection; 'late' and 'lost'
 * do the same after the request was carried out.
 */
export type FaultAnswer = { status: number; body?: unknown } | 'hang' | 'reset' | 'late' | 'lost' | undefined
export type Fault = (request: FakeRequest) => FaultAnswer | Promise<FaultAnswer>
/** What becomes of one document that would be created; undefined: it is. */
export type ItemFault = (document: StoredDocument) => { status: number; type: string; reason?: string } | undefined

export interface StoredDocument {
  _index: string
  _id: string
  _source: Record<string, unknown>
}

export interface FakeElasticsearch {
  readonly url: string
  /** Bulks, looks at documents, and what else met a fault. */
  readonly requests: FakeRequest[]
  /** Method and path of what was asked beside them. */
  readonly asides: string[]
  /** Whether it has index templates; undefined: it has, and what is asked beside bulks meets the faults too. */
  templates: boolean | undefined
  /** By `<index>/<id>`. */
  readonly documents: Map<string, StoredDocument>
  /** The next requests get these, one each, then all is well. */
  readonly faults: Fault[]
  /** Every request gets this while none of those is left. */
  always: Fault | undefined
  itemFault: ItemFault | undefined
  /** Whether its indices have been refreshed since: else searches find nothing. */
  refreshed: boolean
  close(): Promise<void>
}

const action = z.object({ create: z.object({ _index: z.string(), _id: z.string() }) })
const source = z.record(z.string(), z.unknown())
const idsQuery = z.object({ query: z.object({ ids: z.object({ values: z.array(z.string()) }) }) })
const mget = z.object({ docs: z.array(z.object({ _index: z.string(), _id: z.string() })) })

/** The two requests of the sink over real HTTP, with scripted faults. Whatever is asked beside them is well: templates are there, indices are made. */
export async function startFakeElasticsearch(): Promise<FakeElasticsearch> {
  const server = createServer((request, response) => void answer(request, response))
  const fake: FakeElasticsearch = {
    url: '',
    requests: [],
    asides: [],
    templates: undefined,
    documents: new Map(),
    faults: [],
    always: undefined,
    itemFault: undefined,
    refreshed: true,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const path = (request.url ?? '').replace(/\?.*/, '')
    const received = { method: request.method ?? '', path, body: Buffer.concat(chunks).toString() }
    const aside = path !== '/_bulk' && path !== '/_mget'
    if (aside) fake.asides.push(`${received.method} ${path}`)
    const wellNow = fake.faults.length === 0 && !fake.always
    if (aside && (fake.templates !== undefined || wellNow)) return send(response, 200, carryOut(received))
    fake.requests.push(received)
    const fault = await (fake.faults.shift() ?? fake.always)?.(received)
    const done = typeof fault === 'object' || fault === 'hang' || fault === 'reset' ? undefined : carryOut(received)
    if (fault === 'hang' || fault === 'late') return
    if (fault === 'reset' || fault === 'lost') request.socket.destroy()
    else send(response, fault?.status ?? 200, fault ? fault.body : done)
  }

  function carryOut({ method, path, body }: FakeRequest) {
    if (path === '/_bulk') return bulk(body)
    if (path === '/_mget') return get(body)
    if (path.endsWith('/_count')) return count(path.slice(1, -'/_count'.length), body)
    const index_templates = fake.templates === false ? [] : [{ index_template: { version: 1_000 } }]
    if (path.startsWith('/_index_template') && method === 'PUT') fake.templates = true
    return { index_templates, template: {} }
  }

  function bulk(body: string) {
    const lines = body.split('\n').slice(0, -1)
    const items = []
    for (let line = 0; line < lines.length; line += 2) {
      const target = action.parse(JSON.parse(lines[line] ?? '')).create
      const document = { ...target, _source: source.parse(JSON.parse(lines[line + 1] ?? '')) }
      items.push({ create: create(document) })
    }
    return { items }
  }

  function create(document: StoredDocument) {
    const key = `${document._index}/${document._id}`
    const fault = fake.itemFault?.(document)
    if (fault) return { status: fault.status, error: { type: fault.type, reason: fault.reason ?? 'scripted' } }
    if (fake.documents.has(key))
      return { status: 409, error: { type: 'version_conflict_engine_exception', reason: 'document already exists' } }
    fake.documents.set(key, document)
    return { status: 201 }
  }

  function get(body: string) {
    const docs = mget.parse(JSON.parse(body)).docs.map(target => {
      const document = fake.documents.get(`${target._index}/${target._id}`)
      return document ? { ...document, found: true } : { ...target, found: false }
    })
    return { docs }
  }

  function count(index: string, body: string) {
    const { values } = idsQuery.parse(JSON.parse(body)).query.ids
    return { count: fake.refreshed ? values.filter(id => fake.documents.has(`${index}/${id}`)).length : 0 }
  }

  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return Object.assign(fake, { url: `http://127.0.0.1:${port}` })
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' })
  response.end(body === undefined ? undefined : JSON.stringify(body))
}
