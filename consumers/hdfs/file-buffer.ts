import { gzipSync } from 'node:zlib'
import type { FileFormat } from './path.ts'

/** Raw bytes of one gzip member: large enough to compress well, small enough that nothing waits for it. */
const memberBytes = 65_536

/** The content of one file that is being written. */
export interface FileBuffer {
  /** Appends one line, without its newline. */
  push(line: string): void
  /** What it weighs now: finished members, and the raw lines of the one being filled. */
  bytes(): number
  /** The whole content. The last line is a gzip member of its own, so that a short read from the end finds it. Ends the buffer. */
  finish(): readonly Buffer[]
}

/** Newline-delimited JSON as it will lie in the storage: gzip members, written as lines arrive, or plain. */
export function createFileBuffer(format: FileFormat): FileBuffer {
  const members: Buffer[] = []
  let membersLength = 0
  let lines: Buffer[] = []
  let linesLength = 0
  let last: Buffer | undefined

  function endMember(): void {
    if (lines.length === 0) return
    const raw = Buffer.concat(lines)
    const member = format === 'json.gz' ? gzipSync(raw) : raw
    members.push(member)
    membersLength += member.length
    lines = []
    linesLength = 0
  }

  function take(): void {
    if (last === undefined) return
    lines.push(last)
    linesLength += last.length
    last = undefined
  }

  return {
    push(line) {
      take()
      if (linesLength >= memberBytes) endMember()
      last = Buffer.from(`${line}\n`)
    },
    bytes: () => membersLength + linesLength + (last?.length ?? 0),
    finish() {
      endMember()
      take()
      endMember()
      return members
    },
  }
}
