import type { Readable } from 'node:stream'

export interface ReadBodyOptions {
  maxBytes: number
  /** How long the whole body may take, milliseconds. */
  timeoutMs: number
  /** Where the bytes of all bodies on their way have to find room. @default any number of them do */
  room?: Room | undefined
}

/** Bytes that may still be held, together with others. */
export interface Room {
  bytes: number
}

export type Body =
  | { ok: true; bytes: Buffer }
  | { ok: false; refusal: 'too_large' | 'timeout' | 'bad_request' | 'overloaded'; message: string }

/**
 * Reads a body of at most `maxBytes`. A larger one is still read to its end, or to twice that, and thrown away, before
 * it is refused: a browser that is in the middle of sending would otherwise see a broken connection instead of the answer.
 * One that finds no room is refused at once. Never rejects.
 */
export function readBody(stream: Readable, { maxBytes, timeoutMs, room }: ReadBodyOptions): Promise<Body> {
  return new Promise(resolve => {
    let read: Buffer = nothing
    let size = 0
    let held = 0
    const timer = setTimeout(() => {
      end({
        ok: false,
        refusal: 'timeout',
        message: `the body did not arrive within ${timeoutMs / 1_000} s: send it again`,
      })
    }, timeoutMs)

    function end(body: Body): void {
      clearTimeout(timer)
      if (room) room.bytes += held
      stream.off('data', onData).off('end', onEnd).off('close', onCut)
      resolve(body)
    }
    function onData(chunk: Buffer): void {
      size += chunk.byteLength
      if (size > 2 * maxBytes) onEnd()
      if (size > maxBytes) return
      read = joined(read, size - chunk.byteLength, chunk, maxBytes)
      if (room === undefined) return
      room.bytes -= read.byteLength - held
      held = read.byteLength
      if (room.bytes < 0) end({ ok: false, refusal: 'overloaded', message: noRoomMessage })
    }
    function onEnd(): void {
      if (size > maxBytes) end({ ok: false, refusal: 'too_large', message: tooLargeMessage(maxBytes) })
      else end({ ok: true, bytes: read.subarray(0, size) })
    }
    function onCut(): void {
      end({ ok: false, refusal: 'bad_request', message: 'the body was cut off: send it again as a whole' })
    }
    stream.on('data', onData).on('end', onEnd).on('close', onCut)
    // 'close' tells of it. Stays on, as what breaks later would end the process, and holds nothing of the body meanwhile.
    stream.on('error', ignore)
  })
}

const nothing = Buffer.alloc(0)

function ignore(): void {}

/**
 * A buffer that begins with the first `size` bytes of `read`, then `chunk`: the chunk itself where it is the first, else
 * one that grows by doubling. A list of the chunks would cost some 190 bytes a chunk, and a chunk may be of one byte.
 */
function joined(read: Buffer, size: number, chunk: Buffer, maxBytes: number): Buffer {
  if (size === 0) return chunk
  const needed = size + chunk.byteLength
  const into = needed <= read.byteLength ? read : Buffer.allocUnsafeSlow(Math.min(maxBytes, 2 * needed))
  if (into !== read) read.copy(into, 0, 0, size)
  chunk.copy(into, size)
  return into
}

const noRoomMessage =
  'too many bodies are on their way: keep the events and send them again after the seconds in Retry-After'

function tooLargeMessage(maxBytes: number): string {
  return `the body has more than ${maxBytes} bytes: send fewer events at once`
}

/** What is wrong with the headers of a body that should be JSON, or undefined. A missing type is taken for JSON. */
export function headerFault(contentType: string | undefined, contentEncoding: string | undefined): string | undefined {
  if (contentEncoding !== undefined && contentEncoding.toLowerCase() !== 'identity') {
    return `Content-Encoding ${JSON.stringify(contentEncoding)} is not supported: send the body as it is`
  }
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase()
  if (type === undefined || type === 'text/plain' || type === 'application/json') return undefined
  return `Content-Type ${JSON.stringify(type)} is not supported: send JSON as text/plain or application/json`
}
