import type { LogRecord } from '../../topic/topic.ts'

/**
 * Which records are known to be in the dead letters already. Says nothing of what has landed: that the files say alone.
 * Goes with the commit, because no file tells of records refused after its last row.
 */
export interface Buried {
  /** The offset after the last of them. */
  to: number
  /** The latest append of one of them. A log that lost its end, or was made again, holds later ones at these offsets. */
  untilMs: number
}

/** With one more record, whose offset is above theirs. */
export function alsoBuried(buried: Buried | undefined, { offset, timestampMs }: LogRecord): Buried {
  return { to: offset + 1, untilMs: Math.max(timestampMs, buried?.untilMs ?? timestampMs) }
}

/** Whether a record that is refused was refused before, and is in the dead letters. */
export function isBuried(buried: Buried | undefined, { offset, timestampMs }: LogRecord): boolean {
  return buried !== undefined && offset < buried.to && timestampMs <= buried.untilMs
}

/** The metadata of a commit of `next`: `1763693084123 0mwpt1nbck9k2j4h6f8d-2 buried=17@1763693090000`, the end only where it tells of offsets from `next` on. */
export function withBuried(metadata: string, next: number, buried: Buried | undefined): string {
  if (!buried || buried.to <= next) return metadata
  return `${metadata} buried=${buried.to}@${buried.untilMs}`.trimStart()
}

/** Takes apart what {@link withBuried} made, or any other metadata. */
export function splitBuried(text: string): { metadata: string; buried: Buried | undefined } {
  const match = /^(.*?) ?buried=(\d{1,16})@(\d{1,16})$/.exec(text)
  if (!match) return { metadata: text, buried: undefined }
  return { metadata: match[1] ?? '', buried: { to: Number(match[2]), untilMs: Number(match[3]) } }
}
