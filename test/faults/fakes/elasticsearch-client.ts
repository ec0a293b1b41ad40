import type { Client } from '@elastic/elasticsearch'
import type { Passage } from './gate.ts'

type Asked = Parameters<Client['transport']['request']>
export type Request = Asked[0]
/** Sees every request of a client, and what `ask` answers to it, or to another one. */
export type Interceptor = (request: Request, ask: (request: Request) => Promise<unknown>) => Promise<unknown>

/** The same client, every request of which goes through `interceptor`. */
export function intercept(client: Client, interceptor: Interceptor): Client {
  const { transport } = client
  const ask = transport.request.bind(transport)
  const request = (asked: Request, options?: Asked[1]) => interceptor(asked, one => ask(one, options))
  Object.assign(transport, { request })
  return client
}

/** The client as the process behind the gate has it. */
export function gatedClient(client: Client, gate: Passage): Client {
  return intercept(client, (request, ask) => {
    if (request.path === '/_bulk') return gate.through('bulk', () => ask(request))
    return gate.through(request.path === '/_mget' ? 'mget' : 'setup', () => ask(request))
  })
}
