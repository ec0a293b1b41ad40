import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { errorCode } from '../local/outcome.ts'
import type { FoundFile } from '../recovery.ts'
import type { LandingStore } from '../store.ts'
import type { ProblemKind } from './problem.ts'

/** One read of the storage, and what zlib gets of it at a time: after damage, lines are known up to there. */
const readBytes = 4 * 1_048_576
const sliceBytes = 65_536
/** No topic takes larger records by far. */
const maxLineBytes = 64 * 1_048_576

/** A file can't be read to its end: its content is damaged, not the way to it. */
export class DamagedFile extends Error {
  override readonly name = 'DamagedFile'
  readonly kind: ProblemKind

  constructor(kind: ProblemKind, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.kind = kind
  }
}

/**
 * The lines of a file without their newlines, some at a time and in bounded memory; the last may be cut where no newline
 * ends the file, and then `ended` is false. Throws a {@link DamagedFile} after the lines that could be read, and what `read` rejects with.
 */
export async function* readLines(
  file: FoundFile,
  read: LandingStore['read'],
): AsyncGenerator<{ lines: Buffer[]; ended: boolean }> {
  let pieces: Buffer[] = []
  let held = 0
  for await (const chunk of contentOf(file, read)) {
    const lines: Buffer[] = []
    let from = 0
    for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, from)) {
      const end = chunk.subarray(from, at)
      lines.push(pieces.length > 0 ? Buffer.concat([...pieces, end]) : end)
      pieces = []
      held = 0
      from = at + 1
    }
    if (from < chunk.length) pieces.push(chunk.subarray(from))
    held += chunk.length - from
    if (lines.length > 0) yield { lines, ended: true }
    if (held > maxLineBytes) throw new DamagedFile('line_too_long', `a line is longer than ${maxLineBytes} bytes`)
  }
  if (pieces.length > 0) yield { lines: [Buffer.concat(pieces)], ended: false }
}

async function* bytesOf(file: FoundFile, read: LandingStore['read']): AsyncGenerator<Buffer> {
  for (let offset = 0; offset < file.length; offset += readBytes) {
    const bytes = await read(file.path, offset, Math.min(readBytes, file.length - offset))
    for (let from = 0; from < bytes.length; from += sliceBytes) yield bytes.subarray(from, from + sliceBytes)
  }
}

async function* contentOf(file: FoundFile, read: LandingStore['read']): AsyncGenerator<Buffer> {
  if (file.length === 0) throw new DamagedFile('empty_file', 'the file is empty')
  if (file.format === 'json') return yield* bytesOf(file, read)
  const gunzip = createGunzip({ chunkSize: 4 * sliceBytes })
  let isGzip = false
  async function* source(): AsyncGenerator<Buffer> {
    for await (const bytes of bytesOf(file, read)) {
      isGzip ||= bytes[0] === 0x1f && bytes[1] === 0x8b
      yield bytes
    }
  }
  // Its errors come out of the loop below as well.
  const fed = pipeline(Readable.from(source(), { highWaterMark: 1 }), gunzip).catch(() => {})
  try {
    yield* gunzip
  } catch (error) {
    throw damageOf(error, file, isGzip)
  } finally {
    gunzip.destroy()
    await fed
  }
  // zlib takes zeros after a member for padding and stops there.
  if (gunzip.bytesWritten < file.length)
    throw new DamagedFile('trailing_bytes', `after ${gunzip.bytesWritten} of ${file.length} bytes, the gzip data ends`)
}

function damageOf(error: unknown, file: FoundFile, isGzip: boolean): unknown {
  const code = errorCode(error)
  const reason = error instanceof Error ? error.message : String(error)
  if (code === 'Z_BUF_ERROR')
    return new DamagedFile('truncated', `the gzip data is cut off: ${file.length} bytes and no end`, { cause: error })
  if (!code?.startsWith('Z_')) return error
  // A file that begins as gzip does has at least one member: it is a later one that has no header.
  if (isGzip && reason === 'incorrect header check')
    return new DamagedFile('trailing_bytes', 'after a gzip member come bytes that are none', { cause: error })
  return new DamagedFile('corrupt', `the gzip data is damaged: ${reason}`, { cause: error })
}
