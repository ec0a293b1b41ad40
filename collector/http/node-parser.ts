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
  /** Hands on what came, with the request that it is, if it is plain, or null for the end of what the client sends; whether more may come. */
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
      /** What it was fed last, if that was plain: it says whether it saw the same. */
      let last: PlainRequest | undefined
      /** Whether it stands between two requests. */
      let isWhole = true
      /** Whether it may have the beginning of one. */
      let isBegun = false
      /** The latest one, until all of it was read. */
      let unread: IncomingMessage | undefined

      function onRequest(request: IncomingMessage): () => void {
        isWhole = last !== undefined && isSame(last, request)
        last = undefined
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
        isBetween: () => isWhole && unanswered === 0,
        isIdle: () => unanswered === 0 && !isBegun && !isReading(),
        feed(bytes, request) {
          if (!isOpen) open()
          last = request
          isWhole = false
          isBegun = bytes !== null && !isReading()
          return push(bytes && Buffer.from(bytes))
        },
      }
    },
  }
}

/** Whether the parser has read the request, and nothing before it. */
function isSame({ method, target, lineCount }: PlainRequest, request: IncomingMessage): boolean {
  return request.method === method && request.url === target && request.rawHeaders.length === 2 * lineCount
}
