import { crc32c } from '@node-rs/crc32'
import type { TopicRecord } from '../topic.ts'
import { recordBytes } from './split-batch.ts'

/** Produce (key 0) in version 7: what kafkajs 2.2.4 speaks with every broker since Kafka 2.1. */
export const produceApi = { apiKey: 0, apiName: 'Produce', apiVersion: 7 } as const

/**
 * How long a leader waits for the other replicas, milliseconds, before it answers REQUEST_TIMED_OUT: less than we wait for its answer,
 * so that a slow replica isn't taken for a broken connection.
 */
export const replicasTimeoutMs = 2_000

export interface ProduceRequest {
  clientId: string
  correlationId: number
  acks: 0 | 1 | -1
  /** How long the leader may wait for the other replicas. */
  timeoutMs: number
  topic: string
  partition: number
  /** Of every record; the topic's LogAppendTime replaces it. */
  timestampMs: number
  records: readonly TopicRecord[]
}

/** Of a record batch v2 (KIP-98): from its first byte to its first record, and to what its length and its CRC cover. */
const batchHeaderBytes = 61
const afterLength = 12
const afterCrc = 21
/** Everything before the batch but the three texts. */
const requestHeaderBytes = 46

/** Writes a zigzag varint of a length or an index; -1 (`null`) is the byte 1. */
function writeVarint(buffer: Buffer, at: number, value: number): number {
  let rest = value * 2
  let end = at
  while (rest > 0x7f) {
    buffer[end++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  buffer[end++] = rest
  return end
}

function varintBytes(value: number): number {
  const zigzag = value * 2
  if (zigzag < 0x80) return 1
  if (zigzag < 0x4000) return 2
  if (zigzag < 0x20_0000) return 3
  return zigzag < 0x1000_0000 ? 4 : 5
}

function writeInt64(buffer: Buffer, at: number, value: number): number {
  buffer.writeInt32BE(Math.floor(value / 2 ** 32), at)
  return buffer.writeUInt32BE(value >>> 0, at + 4)
}

/** STRING: a length of two bytes, then UTF-8. */
function writeString(buffer: Buffer, at: number, text: string): number {
  const bytes = buffer.write(text, at + 2)
  buffer.writeInt16BE(bytes, at)
  return at + 2 + bytes
}

function writeVarintString(buffer: Buffer, at: number, text: string, bytes: number): number {
  const start = writeVarint(buffer, at, bytes)
  return start + buffer.write(text, start)
}

function headersBytes(headers: readonly (readonly [string, string])[]): number {
  let bytes = varintBytes(headers.length)
  for (const [name, text] of headers) {
    const nameBytes = Buffer.byteLength(name)
    const textBytes = Buffer.byteLength(text)
    bytes += varintBytes(nameBytes) + nameBytes + varintBytes(textBytes) + textBytes
  }
  return bytes
}

const noHeaders: readonly (readonly [string, string])[] = []

/** One record: keyless, timestamp delta 0. */
function writeRecord(buffer: Buffer, at: number, index: number, record: TopicRecord): number {
  const headers = record.headers ? Object.entries(record.headers) : noHeaders
  const { value } = record
  const valueBytes = value.byteLength
  const bodyBytes =
    3 + varintBytes(index) + varintBytes(valueBytes) + valueBytes + (record.headers ? headersBytes(headers) : 1)
  let end = writeVarint(buffer, at, bodyBytes)
  buffer[end++] = 0 // attributes
  buffer[end++] = 0 // timestamp delta
  end = writeVarint(buffer, end, index)
  buffer[end++] = 1 // no key: -1 as a varint
  end = writeVarint(buffer, end, valueBytes)
  buffer.set(value, end)
  end = writeVarint(buffer, end + valueBytes, headers.length)
  for (const [name, text] of headers) {
    end = writeVarintString(buffer, end, name, Buffer.byteLength(name))
    end = writeVarintString(buffer, end, text, Buffer.byteLength(text))
  }
  return end
}

/**
 * The whole request as it goes over the wire, its length first: one topic, one partition, one uncompressed record batch v2 with its
 * CRC-32C, not idempotent. Byte for byte what kafkajs 2.2.4 sends for the same records without keys (KIP-98). Takes at least one
 * record; the values are copied, so they may change afterwards.
 */
export function encodeProduceRequest(request: ProduceRequest): Buffer {
  const { records, topic, clientId } = request
  let most = requestHeaderBytes + batchHeaderBytes + 3 * (topic.length + clientId.length)
  for (const record of records) most += recordBytes(record)
  const buffer = Buffer.allocUnsafe(most)

  buffer.writeInt16BE(produceApi.apiKey, 4)
  buffer.writeInt16BE(produceApi.apiVersion, 6)
  buffer.writeInt32BE(request.correlationId, 8)
  let end = writeString(buffer, 12, clientId)
  end = buffer.writeInt16BE(-1, end) // no transaction
  end = buffer.writeInt16BE(request.acks, end)
  end = buffer.writeInt32BE(request.timeoutMs, end)
  end = buffer.writeInt32BE(1, end) // topics
  end = writeString(buffer, end, topic)
  end = buffer.writeInt32BE(1, end) // partitions
  end = buffer.writeInt32BE(request.partition, end)

  const batch = end + 4
  end = writeBatchHeader(buffer, batch, request)
  for (let index = 0; index < records.length; index++) {
    const record = records[index]
    if (record) end = writeRecord(buffer, end, index, record)
  }

  buffer.writeInt32BE(end - 4, 0)
  buffer.writeInt32BE(end - batch, batch - 4)
  buffer.writeInt32BE(end - batch - afterLength, batch + 8)
  buffer.writeUInt32BE(crc32c(buffer.subarray(batch + afterCrc, end)), batch + 17)
  return buffer.subarray(0, end)
}

/** All of a batch's header but its length and its CRC, which are known at the end. */
function writeBatchHeader(buffer: Buffer, at: number, { records, timestampMs }: ProduceRequest): number {
  writeInt64(buffer, at, 0) // base offset: the leader's to give
  buffer.writeInt32BE(0, at + 12) // partition leader epoch: likewise
  buffer.writeInt8(2, at + 16) // magic
  buffer.writeInt16BE(0, at + 21) // attributes: no compression, CreateTime
  buffer.writeInt32BE(records.length - 1, at + 23)
  writeInt64(buffer, at + 27, timestampMs)
  writeInt64(buffer, at + 35, timestampMs)
  writeInt64(buffer, at + 43, -1) // producer id: not idempotent
  buffer.writeInt16BE(0, at + 51)
  buffer.writeInt32BE(0, at + 53)
  return buffer.writeInt32BE(records.length, at + 57)
}
