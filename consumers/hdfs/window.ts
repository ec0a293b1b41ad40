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

/**
 * A window over the last `offsets` offsets of one partition. Holds hashes, not ids: two ids of the same hash (1 in 2⁶⁴) are
 * one. Weighs 12 to 16 bytes an offset up to 65,534 of them (0.7 MB for 50,000), above that 16 to 24, however many ids it holds.
 */
export function createWindow(offsets: number, hash: Hash): EventWindow {
  const slots = offsets + 1
  /** The hash at each offset, by offset modulo `slots`, in two halves. */
  const low = new Uint32Array(slots)
  const high = new Uint32Array(slots)
  /** An open-addressing table, at most half full: slot + 1 of each id's latest offset, 0 where there is none. */
  const places = 2 ** Math.ceil(Math.log2(slots * 2))
  const table = slots <= 0xffff ? new Uint16Array(places) : new Uint32Array(places)
  const mask = table.length - 1
  const key = new BigUint64Array(1)
  const half = new Uint32Array(key.buffer)
  let held = 0
  let last: number | undefined

  const slotAt = (place: number) => (table[place] ?? 0) - 1

  /** Where these halves are, or the free place where they belong. */
  function placeOf(one: number, other: number): number {
    for (let place = one & mask; ; place = (place + 1) & mask) {
      const slot = slotAt(place)
      if (slot < 0 || (low[slot] === one && high[slot] === other)) return place
    }
  }

  /** Frees a place and moves up what was put behind it because it was taken (Knuth 6.4, Algorithm R). */
  function free(place: number): void {
    let hole = place
    for (let next = (hole + 1) & mask; slotAt(next) >= 0; next = (next + 1) & mask) {
      const home = (low[slotAt(next)] ?? 0) & mask
      if (((next - home) & mask) < ((next - hole) & mask)) continue
      table[hole] = slotAt(next) + 1
      hole = next
    }
    table[hole] = 0
    held--
  }

  function forgetUpTo(offset: number): void {
    if (last !== undefined && offset - last > slots) {
      table.fill(0)
      held = 0
    } else if (last !== undefined) {
      for (let old = Math.max(0, last + 1 - slots); old <= offset - slots; old++) {
        const slot = old % slots
        const place = placeOf(low[slot] ?? 0, high[slot] ?? 0)
        // Else the id came again later, or no id was at this offset.
        if (slotAt(place) === slot) free(place)
      }
    }
    last = offset
  }

  return {
    isCopy(offset, eventId) {
      forgetUpTo(offset)
      key[0] = hash(eventId)
      const [one = 0, other = 0] = [half[0], half[1]]
      const place = placeOf(one, other)
      const copy = slotAt(place) >= 0
      if (!copy) held++
      const slot = offset % slots
      low[slot] = one
      high[slot] = other
      table[place] = slot + 1
      return copy
    },
    size: () => held,
  }
}
