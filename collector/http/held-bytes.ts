/** What a connection has brought and waits with, in the order in which it came; null for the end of what a client sends. */
export type Held = (Buffer | null)[]

/** Counts the bytes that all connections wait with. */
export interface HeldBytes {
  /** Keeps a copy behind the others. */
  keep(held: Held, bytes: Buffer | null): void
  /** Takes the first, or undefined. */
  take(held: Held): Buffer | null | undefined
  /** Takes the bytes of all. */
  takeAll(held: Held): Buffer[]
  isTooMuch(): boolean
}

export function createHeldBytes(maxBytes: number): HeldBytes {
  let count = 0
  const forget = (bytes: Buffer | null | undefined) => {
    count -= bytes?.length ?? 0
    return bytes
  }
  return {
    keep(held, bytes) {
      count += bytes?.length ?? 0
      held.push(bytes && Buffer.from(bytes))
    },
    take: held => forget(held.shift()),
    takeAll: held => held.splice(0).flatMap(bytes => forget(bytes) ?? []),
    isTooMuch: () => count > maxBytes,
  }
}
