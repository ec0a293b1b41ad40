import { z } from 'zod'

/** What the page asks: JSON over `/api/status`, `/api/panel/<name>`, `/api/letters`, `/api/collector` and `/api/sql`. The answers are in answers.ts. */

/** The stretch of time that a panel covers. */
export const ranges = ['hour', 'day', 'week', 'month', 'all', 'custom'] as const
export type Range = (typeof ranges)[number]

export const panels = ['overview', 'pages', 'events', 'audience', 'live', 'loss', 'completeness'] as const
export type PanelName = (typeof panels)[number]

const name = z.string().min(1).max(1_024)
const time = z.iso.datetime()

/** Which events a panel is about, as it stands in the address of a question. `from` and `to` (UTC, `to` excluded; without it the time goes on) belong to `custom`; `bots=no` leaves out what says that it is none of a person. */
export const selectionSchema = z
  .strictObject({
    range: z.enum(ranges).default('day'),
    from: time.optional(),
    to: time.optional(),
    site: name.optional(),
    bots: z.enum(['yes', 'no']).default('yes'),
    /** Of the panel `events`: what it looks into. */
    action: name.optional(),
    property: name.optional(),
  })
  .refine(
    ({ range, from, to }) =>
      range !== 'custom' || (from !== undefined && (to === undefined || Date.parse(from) < Date.parse(to))),
    'custom needs from, a UTC time, and may have to, a later one',
  )
export type Selection = z.infer<typeof selectionSchema>

/** Body of `POST /api/sql`. */
export const sqlRequest = z.strictObject({ sql: z.string().min(1).max(20_000) })

const question = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('status') }),
  z.object({ kind: z.literal('panel'), panel: z.enum(panels), selection: selectionSchema }),
  z.object({ kind: z.literal('sql'), sql: z.string() }),
])
export type WorkerQuestion = z.infer<typeof question>

/** What the server sends to its worker: a question, or that the answer to one is no longer wanted. */
export const workerRequest = z.union([z.object({ id: z.number(), question }), z.object({ cancelled: z.number() })])
export type WorkerRequest = z.infer<typeof workerRequest>

/** What the worker sends back: an answer of answers.ts, or why there is none. */
export const workerAnswer = z.union([
  z.object({ id: z.number(), result: z.unknown() }),
  z.object({ id: z.number(), failure: z.string() }),
])
