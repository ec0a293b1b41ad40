import { z } from 'zod'

/** What the page asks and what it is told: JSON over `/api/overview` and `/api/sql`. Times are milliseconds since the epoch. */

/** The stretch of time that an overview covers. */
export const ranges = ['hour', 'day', 'all'] as const
export type Range = (typeof ranges)[number]

/** A name and how many events have it, most first. `name` is what a visitor sent: text, never markup. */
export interface Tally {
  name: string
  count: number
}

/** One row of the latest events; what an event doesn't have is null. */
export interface LatestEvent {
  id: string
  timeMs: number
  action: string
  site: string
  user: string | null
  path: string | null
  browser: string | null
  os: string | null
  properties: Record<string, string>
}

/** A landed file that could not be read; it is tried again at `retryAtMs`. */
export interface FailedFile {
  file: string
  reason: string
  attempts: number
  retryAtMs: number
}

/** How far the import is. `failed` holds at most 20 files, `failedFiles` counts all. */
export interface ImportStatus {
  files: number
  events: number
  pendingFiles: number
  failedFiles: number
  failed: FailedFile[]
  /** False until the folder has been read through once. */
  ready: boolean
}

export interface Overview {
  nowMs: number
  range: Range
  imported: ImportStatus
  /** Time of the newest event of all, or null while there is none. */
  newestMs: number | null
  /** Within the range. */
  totals: { events: number; visitors: number; tabs: number; clicks: number }
  /** Equal buckets from `fromMs` on, zeros included. */
  buckets: { fromMs: number; bucketMs: number; counts: number[] }
  colors: Tally[]
  pages: Tally[]
  browsers: Tally[]
  latest: LatestEvent[]
}

export interface SqlColumn {
  name: string
  type: string
}

/** Cells are text as DuckDB prints it; null is SQL's NULL. `truncated`: there were more rows, or longer cells, than are shown. */
export type SqlAnswer =
  | { ok: true; columns: SqlColumn[]; rows: (string | null)[][]; truncated: boolean; elapsedMs: number }
  | { ok: false; error: string; elapsedMs: number }

/** Body of `POST /api/sql`. */
export const sqlRequest = z.strictObject({ sql: z.string().min(1).max(20_000) })

/** What the server sends to its worker. */
export const workerRequest = z.discriminatedUnion('kind', [
  z.object({ id: z.number(), kind: z.literal('overview'), range: z.enum(ranges) }),
  z.object({ id: z.number(), kind: z.literal('sql'), sql: z.string() }),
])
export type WorkerRequest = z.infer<typeof workerRequest>

/** What the worker sends back: an {@link Overview} or a {@link SqlAnswer}, or why there is none. */
export const workerAnswer = z.union([
  z.object({ id: z.number(), result: z.unknown() }),
  z.object({ id: z.number(), failure: z.string() }),
])
