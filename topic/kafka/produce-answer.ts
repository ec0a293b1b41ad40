import kafkajs from 'kafkajs'

/** The codes that a leader answers a Produce with (kafka.apache.org/protocol, "Error Codes"). */
const names: Readonly<Record<number, string>> = {
  2: 'CORRUPT_MESSAGE',
  3: 'UNKNOWN_TOPIC_OR_PARTITION',
  5: 'LEADER_NOT_AVAILABLE',
  6: 'NOT_LEADER_FOR_PARTITION',
  7: 'REQUEST_TIMED_OUT',
  9: 'REPLICA_NOT_AVAILABLE',
  10: 'MESSAGE_TOO_LARGE',
  13: 'NETWORK_EXCEPTION',
  17: 'INVALID_TOPIC_EXCEPTION',
  18: 'RECORD_LIST_TOO_LARGE',
  19: 'NOT_ENOUGH_REPLICAS',
  20: 'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  29: 'TOPIC_AUTHORIZATION_FAILED',
  31: 'CLUSTER_AUTHORIZATION_FAILED',
  56: 'KAFKA_STORAGE_ERROR',
  87: 'INVALID_RECORD',
}

export interface ProduceAnswer {
  /** 0 is success; undefined when the answer doesn't name the partition. */
  errorCode: number | undefined
  /** How long the broker asks us to be silent (KIP-219), milliseconds. */
  throttleMs: number
}

/** After a partition's number and error code: base offset, log append time, log start offset. */
const offsetsBytes = 24

/**
 * Reads the answer to a Produce of version 7, without size and correlation id, for one partition. Throws a RangeError when it is
 * shorter than it says.
 */
export function readProduceAnswer(payload: Buffer, topic: string, partition: number): ProduceAnswer {
  let at = 0
  const int32 = () => {
    at += 4
    return payload.readInt32BE(at - 4)
  }
  const int16 = () => {
    at += 2
    return payload.readInt16BE(at - 2)
  }
  let errorCode: number | undefined
  for (let topics = int32(); topics > 0; topics--) {
    const nameBytes = int16()
    const named = payload.toString('utf8', at, at + nameBytes)
    at += nameBytes
    for (let partitions = int32(); partitions > 0; partitions--) {
      const entry = { partition: int32(), errorCode: int16() }
      at += offsetsBytes
      if (named === topic && entry.partition === partition) errorCode = entry.errorCode
    }
  }
  return { errorCode, throttleMs: int32() }
}

/** What kafkajs would have thrown for this code, or undefined for a success. */
export function produceFailure({ errorCode }: ProduceAnswer): Error | undefined {
  if (errorCode === 0) return undefined
  if (errorCode === undefined) return new Error('the answer does not acknowledge the partition')
  const type = names[errorCode] ?? 'UNKNOWN'
  return Object.assign(new kafkajs.KafkaJSProtocolError(`the leader answered ${type} (${errorCode})`), { type })
}
