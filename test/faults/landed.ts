import { posix } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { z } from 'zod'

/** A landed row, as whoever knows only the layout reads it. */
export interface Row {
  path: string
  partition: number
  generation: number
  offset: number
  skipped: number
  id: string
}

/** All that a table holds. */
export interface Landed {
  rows: Row[]
  /** Offsets that are written down as gone, `to` included. */
  gaps: { partition: number; generation: number; from: number; to: number }[]
  /** Files and lines that nobody could query. */
  broken: string[]
}

const rowSchema = z.object({
  event: z.object({ id: z.string() }),
  kafka: z.object({
    partition: z.int(),
    offset: z.int(),
    skipped: z.int().positive().default(0),
    generation: z.int().default(1),
  }),
})
const gapSchema = z.object({ partition: z.int(), generation: z.int(), from: z.int(), to: z.int() })

/** Reads the files of a table by path, without a line of the code under test. */
export function readLanded(files: Iterable<readonly [string, Buffer]>): Landed {
  const landed: Landed = { rows: [], gaps: [], broken: [] }
  for (const [path, content] of files) {
    const name = posix.basename(path)
    try {
      if (name.startsWith('_gap-')) landed.gaps.push(gapSchema.parse(JSON.parse(content.toString())))
      else if (name.startsWith('events-')) landed.rows.push(...rowsOf(path, content))
      else landed.broken.push(`${path} is a stranger`)
    } catch (error) {
      landed.broken.push(`${path}: ${error instanceof Error ? error.message : error}`)
    }
  }
  return landed
}

function rowsOf(path: string, content: Buffer): Row[] {
  const text = (path.includes('.gz') ? gunzipSync(content) : content).toString()
  if (!text.endsWith('\n') || text.includes('\r')) throw new Error('a carriage return, or no newline at the end')
  return text
    .slice(0, -1)
    .split('\n')
    .map(line => {
      const { event, kafka } = rowSchema.parse(JSON.parse(line))
      return { path, id: event.id, ...kafka }
    })
}
