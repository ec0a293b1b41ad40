/** Bytes that are written piece by piece and stay until all are there. */
export interface Blocks {
  /** Copies. */
  push(bytes: Uint8Array): void
  /** All that was pushed, in order. */
  all(): readonly Buffer[]
}

/**
 * Keeps bytes in few large blocks of `blockBytes`, the last of them not full: thousands of small buffers of the same bytes would
 * leave holes between them in the process's memory. Less than a block is held in at most eight times the first piece.
 */
export function createBlocks(blockBytes: number): Blocks {
  const full: Buffer[] = []
  let open = Buffer.alloc(0)
  let length = 0
  return {
    push(bytes) {
      for (let at = 0; at < bytes.length; ) {
        if (length === open.length) {
          if (length > 0) full.push(open)
          open = Buffer.allocUnsafeSlow(full.length > 0 ? blockBytes : Math.min(bytes.length * 8, blockBytes))
          length = 0
        }
        const piece = bytes.subarray(at, at + open.length - length)
        open.set(piece, length)
        length += piece.length
        at += piece.length
      }
    },
    all: () => (length > 0 ? [...full, open.subarray(0, length)] : full),
  }
}
