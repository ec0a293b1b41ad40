import type { Held, HeldBytes } from './held-bytes.ts'

/** A request of which the beginning is there. */
export interface Pieces {
  /** Keeps the beginning, of whose request so many bytes are missing. */
  begin(bytes: Buffer, missing: number): void
  isBegun(): boolean
  /** Keeps what came behind it; how many bytes are missing now, below 0 where that was more than the request. */
  add(bytes: Buffer): number
  /** Ends it: all that came, in one. */
  take(): Buffer
}

/** How long the pieces may be on their way, milliseconds: those of whoever is slower are the parser's, which sees to their time. */
const maxMs = 250

/** The pieces of one connection's requests, one after the other. `onLate` has to take them. */
export function createPieces(held: HeldBytes, onLate: () => void): Pieces {
  const pieces: Held = []
  let missing = 0
  let timer: NodeJS.Timeout | undefined
  return {
    begin(bytes, bytesMissing) {
      held.keep(pieces, bytes)
      missing = bytesMissing
      timer = setTimeout(onLate, maxMs)
    },
    isBegun: () => pieces.length > 0,
    add(bytes) {
      held.keep(pieces, bytes)
      missing -= bytes.length
      return missing
    },
    take() {
      clearTimeout(timer)
      return Buffer.concat(held.takeAll(pieces))
    },
  }
}
