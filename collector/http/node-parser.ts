import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import type { PlainRequest } from './plain-request.ts'

/** What Node's parser has of one connection, which it gets to know with the first bytes. */
export interface ParserSide {
  readonly isOpen: boolean
  /** Requests that it has read. */
  readonly requests: number
  /** Whether it stands between two requests for certain, and all are answered. */
  isBetween(): boolean
  /** Whether no request is on its way. */
  isIdle(): boolean
  /** Hands on what came, with the request that it is or begins, if it is plain, or null for the end of what the client sends; whether more may come. */
  feed(bytes: Buffer | null, request: PlainRequest | undefined): boolean
}

export interface NodeParser {
  /** `onResume` is called when it takes more again. */
  sideOf(socket: Socket, onResume: () => void): ParserSide
}

/** Takes the connections of a server from its parser, which then sees only what it is fed. */
export function takeFromParser(server: Server): NodeParser {
  const [parse] = server.listeners('connection')
  server.removeAllListeners('connection')
  /** What to do with a request that was read from a connection, and with the end of its answer. */
  const onRequests = new WeakMap<Socket, (request: IncomingMessage) => () => void>()
  server.prependListener('request', (request, response) => {
    const onAnswered = onRequests.get(request.socket)?.(request)
    if (onAnswered !== undefined) response.once('finish', onAnswered)
  })

  return {
    sideOf(socket, onResume) {
      const push = socket.push.bind(socket)
      let isOpen = false
      let requests = 0
      let unanswered = 0
      /** The request that it has to see next, if it was fed just that: it says whether it did. */
      let expected: Expected | undefined
      /** How many bytes of the latest request it hasn't seen: with none it stands between two. Undefined where that isn't known. */
      let missing: number | undefined = 0
      /** Whether it may have the beginning of one. */
      let isBegun = false
      /** The latest one, until all of it was read. */
      let unread: IncomingMessage | undefined

      function onRequest(request: IncomingMessage): () => void {
        missing = expected !== undefined && isSame(expected, request) ? expected.missing : undefined
        expected = undefined
        isBegun = false
        unread = request
        requests++
        unanswered++
        return () => unanswered--
      }

      function isReading(): boolean {
        if (unread?.complete) unread = undefined
        return unread !== undefined
      }

      function open(): void {
        isOpen = true
        onRequests.set(socket, onRequest)
        parse?.call(server, socket)
        // It would read by itself, but where somebody else listens for data too.
        socket.on('data', () => {})
        socket.on('resume', onResume)
      }

      return {
        get isOpen() {
          return isOpen
        },
        get requests() {
          return requests
        },
        isBetween: () => missing === 0 && unanswered === 0 && !isReading() && socket.readableLength === 0,
        isIdle: () => unanswered === 0 && !isBegun && !isReading(),
        feed(bytes, request) {
          if (!isOpen) open()
          const isInBody = isReading()
          // What comes while a body is read may be its bytes, however much it looks like a request.
          expected = isInBody ? undefined : request && expectedOf(request)
          missing = isInBody && missing !== undefined && bytes !== null ? missing - bytes.length : undefined
          isBegun = bytes !== null && !isInBody
          return push(bytes && Buffer.from(bytes))
        },
      }
    },
  }
}

type Expected = Pick<PlainRequest, 'method' | 'target' | 'lineCount' | 'missing'>

/** Without its body, whose bytes are written over. */
function expectedOf({ method, target, lineCount, missing }: PlainRequest): Expected {
  return { method, target, lineCount, missing }
}

/** Whether the parser has read the request that it was fed, and not one of which it had the beginning, which has more lines. */
function isSame({ method, target, lineCount }: Expected, request: IncomingMessage): boolean {
  return request.method === method && request.url === target && request.rawHeaders.length === 2 * lineCount
}
