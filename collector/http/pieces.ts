import type { Held, HeldBytes } from './held-bytes.ts'

/** A request of which the beginning is there. */
export interface Pieces {
  /** Keeps the beginning, of whose request so many bytes are missing. */
  begin(bytes: Buffer, missing: number): void
  isBegun(): boolean
  /** Keeps what came behind it; whether more is needed, and there is time and room for it. */
  add(bytes: Buffer): boolean
  /** Ends it: all that came, in one. */
  take(): Buffer
}

/** How long the pieces may be on their way, milliseconds: those of whoever is slower are the parser's, which sees to their time. */
const maxMs = 250

/** The pieces of one connection's requests, one after the other. `onLate` is called when what has come until then was read and is not all. */
export function createPieces(held: HeldBytes, onLate: () => void): Pieces {
  const pieces: Held = []
  let missing = 0
  let timer: NodeJS.Timeout | undefined
  let isLate = false

  function late(): void {
    isLate = true
    // What came while the process stood still is read before immediates run.
    setImmediate(() => {
      if (isLate) onLate()
    })
  }

  return {
    begin(bytes, bytesMissing) {
      held.keep(pieces, bytes)
      missing = bytesMissing
      timer = setTimeout(late, maxMs)
    },
    isBegun: () => pieces.length > 0,
    add(bytes) {
      held.keep(pieces, bytes)
      missing -= bytes.length
      return missing > 0 && !isLate && !held.isTooMuch()
    },
    take() {
      clearTimeout(timer)
      isLate = false
      return Buffer.concat(held.takeAll(pieces))
    },
  }
}
