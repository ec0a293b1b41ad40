import { createBlocks } from './blocks.ts'
import { type Compressor, memberBytes } from './compressor.ts'
import type { FileFormat } from './path.ts'

const firstBytes = 8_192

/** The content of one file that is being written. */
export interface FileBuffer {
  /** Appends one line: a JSON object's text with `end` in place of its closing brace, and a newline. Copies; never waits. */
  push(json: Uint8Array, end: string): void
  /** What it holds in memory: finished members, raw lines that wait for a thread, and those of the member being filled. */
  bytes(): number
  /** The file's length so far; what is not compressed yet is taken to shrink as the rest did. */
  fileBytes(): number
  /** The whole content. The last line is a gzip member of its own, so that a short read from the end finds it. Ends the buffer. */
  finish(): Promise<readonly Buffer[]>
}

/** Newline-delimited JSON as it will lie in the storage: gzip members, compressed as lines arrive, or plain. */
export function createFileBuffer(format: FileFormat, compressor: Compressor): FileBuffer {
  const blocks = createBlocks(memberBytes)
  /** All members so far lie in blocks, in order. */
  let packed = Promise.resolve()
  let finishedBytes = 0
  /** Of the finished members, before they were compressed. */
  let finishedRawBytes = 0
  let waitingBytes = 0
  let raw: Buffer | undefined
  let length = 0
  let lastLine = 0

  function finished(member: Buffer, rawBytes: number): void {
    blocks.push(member)
    finishedBytes += member.length
    finishedRawBytes += rawBytes
  }

  async function compress(lines: Buffer, rawBytes: number): Promise<void> {
    waitingBytes += rawBytes
    const [member] = await Promise.all([compressor.compress(lines, rawBytes), packed])
    waitingBytes -= rawBytes
    finished(member, rawBytes)
  }

  function endMember(lines: Buffer, rawBytes: number): void {
    if (rawBytes === 0) return
    if (format === 'json') return void finished(lines.subarray(0, rawBytes), rawBytes)
    packed = compress(lines, rawBytes)
    // Whoever awaits `finish` still sees it; a buffer that is dropped needs nobody to.
    packed.catch(() => {})
  }

  /** A partition with few records needs no whole member. */
  function blank(needed: number): Buffer {
    if (needed > memberBytes) return Buffer.allocUnsafeSlow(needed)
    if (finishedRawBytes + waitingBytes > 0 || needed > memberBytes / 4) return compressor.blank()
    return Buffer.allocUnsafeSlow(Math.max(firstBytes, needed * 2))
  }

  function makeRoom(needed: number): Buffer {
    if (raw && length + needed <= raw.length) return raw
    if (raw && length + needed <= memberBytes) {
      const larger = blank(length + needed)
      raw.copy(larger, 0, 0, length)
      raw = larger
      return larger
    }
    if (raw) endMember(raw, length)
    raw = blank(needed)
    length = 0
    return raw
  }

  return {
    push(json, end) {
      // UTF-8 takes at most three bytes for a UTF-16 code unit.
      const into = makeRoom(json.length + end.length * 3)
      lastLine = length
      into.set(json, length)
      length += json.length - 1
      length += into.write(end, length)
      into[length++] = 0x0a
    },
    bytes: () => finishedBytes + waitingBytes + length,
    fileBytes() {
      const ratio = finishedRawBytes === 0 ? 1 : finishedBytes / finishedRawBytes
      return finishedBytes + Math.ceil((waitingBytes + length) * ratio)
    },
    async finish() {
      if (raw) {
        const last = Buffer.from(raw.subarray(lastLine, length))
        endMember(raw, lastLine)
        endMember(last, last.length)
        raw = undefined
        length = 0
      }
      await packed
      return blocks.all()
    },
  }
}
