import type { LogRecord, TopicRecord } from '../topic.ts'
import { crc32 } from './crc32.ts'

/** Where a record lies: part of its checksum, so that a value under a wrong key is noticed too. */
export interface Position {
  partition: number
  offset: number
}

const version = 1
/** version (1), CRC-32 (4), timestamp in ms (6), length of the headers (4). */
const headBytes = 15

function positionSeed({ partition, offset }: Position): number {
  const bytes = Buffer.alloc(12)
  bytes.writeUInt32BE(partition, 0)
  bytes.writeDoubleBE(offset, 4)
  return crc32(bytes)
}

/** Bytes that one record takes on the log, keys aside. */
export function frameBytes(record: TopicRecord): number {
  return headBytes + record.value.byteLength + (record.headers ? Buffer.byteLength(JSON.stringify(record.headers)) : 0)
}

/** One record as stored: version, CRC-32 of all that follows and of the position, timestamp, headers as JSON, value. */
export function encodeFrame(record: TopicRecord, position: Position, timestampMs: number): Buffer {
  const headers = record.headers ? Buffer.from(JSON.stringify(record.headers)) : Buffer.alloc(0)
  const frame = Buffer.allocUnsafe(headBytes + headers.byteLength + record.value.byteLength)
  frame.writeUInt8(version, 0)
  frame.writeUIntBE(timestampMs, 5, 6)
  frame.writeUInt32BE(headers.byteLength, 11)
  frame.set(headers, headBytes)
  frame.set(record.value, headBytes + headers.byteLength)
  frame.writeUInt32BE(crc32(frame.subarray(5), positionSeed(position)), 1)
  return frame
}

/** The timestamp without a check of the whole frame; undefined if the frame is too short or of another version. */
export function frameTimestamp(frame: Buffer): number | undefined {
  return frame.byteLength >= headBytes && frame.readUInt8(0) === version ? frame.readUIntBE(5, 6) : undefined
}

/** Reads a frame back; undefined if it is not, bit for bit, what was written at this position. */
export function decodeFrame(frame: Buffer, position: Position): LogRecord | undefined {
  const timestampMs = frameTimestamp(frame)
  if (timestampMs === undefined) return undefined
  if (frame.readUInt32BE(1) !== crc32(frame.subarray(5), positionSeed(position))) return undefined
  const valueAt = headBytes + frame.readUInt32BE(11)
  const record: LogRecord = { value: frame.subarray(valueAt), offset: position.offset, timestampMs }
  if (valueAt > headBytes) record.headers = JSON.parse(frame.toString('utf8', headBytes, valueAt))
  return record
}
