import xxhash from 'xxhash-wasm'

/** Recognises copies of an event among the records just before. */
export interface EventWindow {
  /**
   * Whether the same id lies within the previous `offsets` offsets, and remembers this one. Offsets must rise. The
   * answer depends on the log alone, if the window has seen that far back.
   */
  isCopy(offset: number, eventId: string): boolean
  /** How many ids are held: never more than `offsets` + 1. */
  size(): number
}

export type Hash = (text: string) => bigint

/** xxHash64, loaded once. */
export async function loadHash(): Promise<Hash> {
  const { h64 } = await loading
  return text => h64(text)
}
const loading = xxhash()

/** A window over the last `offsets` offsets of one partition. Holds hashes, not ids: two ids of the same hash (1 in 2⁶⁴) are one. */
export function createWindow(offsets: number, hash: Hash): EventWindow {
  const slots = offsets + 1
  const ring = new BigUint64Array(slots)
  const latest = new Map<bigint, number>()
  let last: number | undefined

  function forgetUpTo(offset: number): void {
    if (last !== undefined && offset - last > slots) latest.clear()
    else if (last !== undefined) {
      for (let old = last + 1 - slots; old <= offset - slots; old++) {
        const held = old < 0 ? undefined : ring[old % slots]
        if (held !== undefined && latest.get(held) === old) latest.delete(held)
      }
    }
    last = offset
  }

  return {
    isCopy(offset, eventId) {
      forgetUpTo(offset)
      const key = hash(eventId)
      const copy = latest.has(key)
      latest.set(key, offset)
      ring[offset % slots] = key
      return copy
    },
    size: () => latest.size,
  }
}
