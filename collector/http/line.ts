import type { Socket } from 'node:net'
import type { ParserSide } from './node-parser.ts'
import type { PlainHead } from './plain-request.ts'

/** One connection, and how far its requests are. */
export interface Line {
  socket: Socket
  parser: ParserSide
  /** What came and waits, in its order; null for the end of what the client sends. */
  held: (Buffer | null)[]
  /** Whether reading was stopped here, and goes on when what is held was worked on. The parser stops and goes on by itself. */
  isStopped: boolean
  /** Whether a plain request is being answered. */
  isAnswering: boolean
  /** Whether the last answer is on its way: nothing more is read. */
  isEnding: boolean
  /** Of the latest plain request. */
  known: PlainHead | undefined
  /** Plain ones that were answered here. */
  requests: number
}

/** One that has brought nothing yet. */
export function newLine(socket: Socket, parser: ParserSide): Line {
  return {
    socket,
    parser,
    held: [],
    isStopped: false,
    isAnswering: false,
    isEnding: false,
    known: undefined,
    requests: 0,
  }
}
