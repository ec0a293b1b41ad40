import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { type Reply, writeAnswer } from './answer.ts'
import type { CorsPolicy } from './cors.ts'
import { type EventsRequest, eventsMethods } from './events-route.ts'
import { readBody } from './read-body.ts'

export interface EventsListenerOptions {
  cors: CorsPolicy
  route(request: EventsRequest): Reply | Promise<Reply | undefined>
}

/** The events path, and its preflights, for what Node's parser has read. */
export function eventsListener({ cors, route }: EventsListenerOptions): RequestListener {
  return (request, response) => {
    const origin = cors.of(request.headers.origin)
    if (request.method === 'OPTIONS' && origin.allowed) {
      response.writeHead(204, { ...origin.headers, ...cors.preflight, Allow: eventsMethods }).end()
      return
    }
    const reply = route(eventsRequest(request, response))
    // At once, where it is there: a fault in the body, which may come in the same bytes, would be a second answer.
    if (reply instanceof Promise) void reply.then(reply => write(response, reply))
    else write(response, reply)
  }
}

function write(response: ServerResponse, reply: Reply | undefined): void {
  if (reply !== undefined) writeAnswer(response, reply.answer, reply.headers)
}

function eventsRequest(request: IncomingMessage, response: ServerResponse): EventsRequest {
  return {
    method: request.method,
    target: request.url ?? '',
    headers: request.headers,
    headerCount: request.rawHeaders.length / 2,
    socketAddress: request.socket.remoteAddress,
    async body(options) {
      const body = await readBody(request, options)
      // A fault in it was the answer.
      return response.headersSent ? undefined : body
    },
  }
}
