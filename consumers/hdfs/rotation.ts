/** When a file is closed, whichever comes first. */
export interface RotationLimits {
  /** Since its first record was added. */
  maxAgeMs: number
  /** As it is written: compressed, if it is. */
  maxBytes: number
  maxRecords: number
}

export interface FileWeight {
  records: number
  bytes: number
  sinceMs: number
}

/** Whether a file takes no further record. One that holds nothing is never full. */
export function isFull(file: FileWeight, limits: RotationLimits): boolean {
  return file.records > 0 && (file.records >= limits.maxRecords || file.bytes >= limits.maxBytes)
}

/** Whether a file is to be landed now. */
export function isDue(file: FileWeight, limits: RotationLimits, nowMs: number): boolean {
  return file.records > 0 && (isFull(file, limits) || nowMs - file.sinceMs >= limits.maxAgeMs)
}

/** A file ends before a record of a later hour (LogAppendTime may also step back between leaders: that ends nothing). */
export function endsBefore(fileHourMs: number, recordHourMs: number): boolean {
  return recordHourMs > fileHourMs
}
