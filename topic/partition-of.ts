const two64 = (1n << 64n) - 1n

/** 2^32: what the lower half of a 64-bit number carries into the upper one. */
const two32 = 0x1_0000_0000

/**
 * FNV-1a, 64 bits, of the text's UTF-8 bytes (draft-eastlake-fnv). Its prime is 2^40 + 0x1b3: two halves of 32 bits are
 * exact in a double, and many times faster than a BigInt for each byte.
 */
export function fnv1a64(text: string): bigint {
  let low = 0x84222325
  let high = 0xcbf29ce4
  for (const byte of Buffer.from(text)) {
    low = (low ^ byte) >>> 0
    const product = low * 0x1b3
    high = (high * 0x1b3 + Math.floor(product / two32) + low * 0x100) >>> 0
    low = product >>> 0
  }
  return (BigInt(high) << 32n) | BigInt(low)
}

/** Spreads all bits over all others (the finaliser of MurmurHash3): FNV alone leaves the high bits of short texts alike. */
function mix(value: bigint): bigint {
  let hash = value
  hash = ((hash ^ (hash >> 33n)) * 0xff51afd7ed558ccdn) & two64
  hash = ((hash ^ (hash >> 33n)) * 0xc4ceb9fe1a85ec53n) & two64
  return hash ^ (hash >> 33n)
}

/** Jump consistent hash of a 64-bit key over `buckets` (Lamping and Veach, arXiv:1406.2294, figure 1). */
export function jumpHash(start: bigint, buckets: number): number {
  let key = start
  let bucket = -1
  let jump = 0
  while (jump < buckets) {
    bucket = jump
    key = (key * 2862933555777941757n + 1n) & two64
    jump = Math.floor((bucket + 1) * (0x80000000 / (Number(key >> 33n) + 1)))
  }
  return bucket
}

/**
 * The partition of a tab: 0 … `partitions` − 1, the same in every process. Spread evenly, and of a partition count raised from n
 * to n + 1 only 1/(n + 1) of the tabs move, all to the new one. Throws a RangeError when there is no partition.
 */
export function partitionOf(tab: string, partitions: number): number {
  if (!(partitions >= 1)) throw new RangeError(`no partition to choose from: ${partitions}`)
  return jumpHash(mix(fnv1a64(tab)), partitions)
}
