import type { LogRecord } from '../../topic/topic.ts'
import { overlapOf, type Span } from './blocks.ts'

/** Reads spans in rising order. */
export interface ForwardReader {
  /** The records of a span, a few at a time. The span may not begin before the end of the one before. */
  read(span: Span): AsyncGenerator<readonly LogRecord[]>
  close(): Promise<void>
}

/** What lies between two spans is read and passed over up to so many offsets: to seek takes longer. */
const passedOver = 20_000

/** Reads on where the last span ended, as one stream; a new one is opened for a span that lies far behind. `open` reads up to `end`. */
export function createForwardReader(
  open: (span: Span) => AsyncIterable<readonly LogRecord[]>,
  end: number,
): ForwardReader {
  let stream: AsyncIterator<readonly LogRecord[]> | undefined
  let left: readonly LogRecord[] = []
  /** Everything before it has been read. */
  let position = 0

  async function close(): Promise<void> {
    await stream?.return?.()
    stream = undefined
    left = []
  }

  return {
    async *read(span) {
      const wanted = overlapOf(span, { from: 0, to: end })
      if (!wanted) return
      if (!stream || wanted.from - position > passedOver) {
        await close()
        stream = open({ from: wanted.from, to: end })[Symbol.asyncIterator]()
        position = wanted.from
      }
      while (position < wanted.to || left.length > 0) {
        const records = left
        const inside = records.filter(({ offset }) => offset >= wanted.from && offset < wanted.to)
        left = records.filter(({ offset }) => offset >= wanted.to)
        if (inside.length > 0) yield inside
        if (left.length > 0 || position >= wanted.to) return
        const next = await stream.next()
        if (next.done === true) {
          position = end
          return
        }
        left = next.value
        position = (left.at(-1)?.offset ?? position) + 1
      }
    },
    close,
  }
}
