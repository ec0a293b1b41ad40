import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

/** Raw bytes of one gzip member: large enough to compress well and to be worth a thread's while. */
export const memberBytes = 262_144
/** Level 3 costs a third of level 6 and writes a tenth more; from 4 on zlib searches in another, slower way (deflate_slow). */
const level = 3
/** Raw bytes that may wait for a thread before no more should be added. */
const maxWaitingBytes = 8 * 1_048_576

/** Compresses in libuv's threads, for all partitions of a sink. */
export interface Compressor {
  /** A buffer of {@link memberBytes}, its content undefined. */
  blank(): Buffer
  /** The first `length` bytes as one gzip member, which may lie in a larger buffer. `raw` is the compressor's from now on. */
  compress(raw: Buffer, length: number): Promise<Buffer>
  /** Undefined while there is room; else resolves when there is again. */
  room(): Promise<void> | undefined
}

const gzipMember = promisify<Buffer, object, Buffer>(gzip)

/** Takes members in order, as many at a time as there are cores (at most 4, libuv's own threads). */
export function createCompressor(): Compressor {
  const threads = Math.min(4, availableParallelism())
  const spare: Buffer[] = []
  const waiting: (() => void)[] = []
  let running = 0
  let bytes = 0
  let room: Promise<void> | undefined
  let markRoom: () => void = () => {}

  function release(raw: Buffer, length: number): void {
    if (raw.length === memberBytes && spare.length < maxWaitingBytes / memberBytes) spare.push(raw)
    bytes -= length
    running--
    waiting.shift()?.()
    if (bytes > maxWaitingBytes / 2) return
    room = undefined
    markRoom()
  }

  return {
    blank: () => spare.pop() ?? Buffer.allocUnsafeSlow(memberBytes),
    async compress(raw, length) {
      bytes += length
      if (running >= threads) await new Promise<void>(resolve => waiting.push(resolve))
      running++
      try {
        return await gzipMember(raw.subarray(0, length), { level, chunkSize: Math.max(4_096, length >> 2) })
      } finally {
        release(raw, length)
      }
    },
    room() {
      if (bytes > maxWaitingBytes) {
        room ??= new Promise(resolve => {
          markRoom = resolve
        })
      }
      return room
    },
  }
}
