import type { Socket } from 'node:net'
import type { Reply } from './answer.ts'
import { encodingOf } from './answer-texts.ts'
import type { EventsRequest } from './events-route.ts'
import { httpLimits } from './http-limits.ts'
import type { PlainRequest } from './plain-request.ts'

export interface PlainAnswersOptions {
  /** Answers one without Node's objects. Never rejects. */
  answer(request: EventsRequest): Reply | Promise<Reply | undefined>
  /** The text of a reply, of the last one on a connection with `last`. */
  textOf(reply: Reply, last: boolean): string
  /** How long an answer may stand half-way, milliseconds. */
  standstillTimeoutMs: number
}

/** The plain requests of one connection, and their answers. */
export interface PlainAnswers {
  /** How many requests there were. */
  readonly requests: number
  /** Whether one is being answered, or its answer waits for the client to read. */
  isAnswering(): boolean
  /** Whether the last answer is on its way: nothing more is read. */
  isEnding(): boolean
  /** Answers one; whether more may be read. */
  answer(request: PlainRequest): boolean
  /** Ends the connection behind what was answered. */
  end(): false
  /** From now on nothing is read, as somebody else ends the connection. */
  leave(): void
}

/** `isLast`: whether the connection ends with its next answer; `onAnswered` is called when there is time for the next request. */
export function plainAnswers(
  socket: Socket,
  { answer, textOf, standstillTimeoutMs }: PlainAnswersOptions,
  { isLast, onAnswered }: { isLast(): boolean; onAnswered(): void },
): PlainAnswers {
  let requests = 0
  let isAnswering = false
  let isEnding = false

  function send(reply: Reply | undefined): void {
    isAnswering = false
    if (reply === undefined || socket.destroyed) return
    const { answer } = reply
    const ends = isLast() || ('close' in answer && answer.close === true)
    const text = textOf(reply, ends)
    if (ends) end(text)
    else if (socket.write(text, encodingOf(answer))) onAnswered()
    else awaitDrain()
  }

  /** A client that doesn't read its answers gets no more of them. */
  function awaitDrain(): void {
    isAnswering = true
    socket.setTimeout(standstillTimeoutMs)
    socket.once('drain', () => {
      isAnswering = false
      socket.setTimeout(httpLimits.keepAliveTimeoutMs)
      onAnswered()
    })
  }

  function end(text: string): false {
    isEnding = true
    socket.setTimeout(standstillTimeoutMs)
    socket.end(text)
    socket.destroySoon()
    return false
  }

  return {
    get requests() {
      return requests
    },
    isAnswering: () => isAnswering,
    isEnding: () => isEnding,
    answer({ method, target, head, lineCount, body }) {
      requests++
      isAnswering = true
      const { headers } = head
      const socketAddress = socket.remoteAddress
      const reply = answer({ method, target, headers, headerCount: lineCount, socketAddress, body })
      if (reply instanceof Promise) void reply.then(send)
      else send(reply)
      return !isEnding
    },
    end: () => end(''),
    leave() {
      isEnding = true
    },
  }
}
