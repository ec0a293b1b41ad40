/** What the page is told. Times are milliseconds since the epoch; every name is what a visitor sent: text, never markup. */

/** A name and how many events have it, most first. */
export interface Tally {
  name: string
  count: number
}

/** Equal stretches of time from `fromMs` on, empty ones included. */
export interface Buckets {
  fromMs: number
  bucketMs: number
}

export const metrics = ['events', 'visitors', 'sessions', 'views'] as const
export type Metric = (typeof metrics)[number]

/** `sessions` of a bucket are those that begin in it; a visitor counts in each bucket in which they do something. */
export interface OverviewAnswer {
  totals: Record<Metric, number>
  buckets: Buckets & { counts: Record<Metric, number[]> }
  actions: Tally[]
  colors: Tally[]
  pages: Tally[]
  browsers: Tally[]
}

export interface PagesAnswer {
  pages: { domain: string | null; path: string; views: number; visitors: number }[]
  /** Hosts of referrers that are not the page's own. */
  referrers: Tally[]
}

export interface EventsAnswer {
  actions: Tally[]
  /** What was chosen, else the most frequent; null while there is nothing. */
  action: string | null
  buckets: Buckets & { counts: number[] }
  /** Of the action: how many of its events have the property, and how many different values. */
  properties: { name: string; count: number; values: number }[]
  /** What was chosen, else the most frequent; null where the action has none. */
  property: string | null
  values: Tally[]
  /** Where every value of the property is a number. */
  numbers: { min: number; mean: number; max: number } | null
}

export interface AudienceAnswer {
  browsers: Tally[]
  systems: Tally[]
  devices: Tally[]
  languages: Tally[]
}

/** What an event doesn't have is null. */
export interface LiveEvent {
  id: string
  timeMs: number
  /** When the collector received it. */
  receivedMs: number
  action: string
  site: string
  user: string | null
  path: string | null
  browser: string | null
  os: string | null
  properties: Record<string, string>
}

/** The latest to have been received, the newest first. */
export interface LiveAnswer {
  events: LiveEvent[]
}

/** Counted from the numbers that tabs give their events; `missing` is what never came, `late` came more than a minute after it happened. */
export interface LossCounts {
  expected: number
  arrived: number
  missing: number
  late: number
  /** Copies, dead letters and gaps; landed rows do not tell them apart. */
  passedOver: number
  /** What browsers say that they had to give up. Those that had a number already are missing as well. */
  givenUp: number
  /** Of `givenUp`: what the collector refused. */
  refused: number
}

/**
 * By hour and site, the latest first, at most 1,000; the totals count all. Whole hours from `fromMs` on, before `untilMs` where the chosen time has
 * an end. `pages`: on which pages events were lost, most first, at most 100; the page is that of the tab's next event that came.
 */
export interface LossAnswer {
  fromMs: number
  untilMs: number | null
  totals: LossCounts
  hours: (LossCounts & { fromMs: number; site: string })[]
  pages: { site: string; path: string | null; missing: number; lastHourMs: number }[]
}

export interface Completeness {
  topic: string
  generation: number
  partition: number
  landed: number
  skipped: number
  missing: number
  doubled: number
}

export interface CompletenessAnswer {
  partitions: Completeness[]
}

/** What a collector has counted since it started. */
export interface CollectorFigures {
  sinceMs: number
  /** Events that were acknowledged. */
  accepted: number
  /** By what became of it and why, those at 0 left out. `refused` and `dropped` are requests, of 1 to 100 events each; the others events. */
  lost: { what: 'refused' | 'rejected' | 'dropped' | 'given up'; reason: string; count: number }[]
}

/** `available` is false where no collector runs beside the dashboard. */
export type CollectorAnswer = { available: false } | ({ available: true } & CollectorFigures)

/** Dead letters of one storage, for one reason, from one partition. */
export interface LetterRow {
  sink: string
  reason: string
  partition?: number | undefined
  letters: number
  waiting: number
  firstMs: number
  lastMs: number
  example: { name: string; message: string }
}

/** `available` is false where the dashboard was not given the dead letters: a command shows them. */
export type LettersAnswer = { available: false } | { available: true; rows: LetterRow[]; readMs: number }

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

export interface StatusAnswer {
  nowMs: number
  imported: ImportStatus
  /** Time of the newest event of all, or null while there is none. */
  newestMs: number | null
  sites: string[]
}

export interface SqlColumn {
  name: string
  type: string
}

/** Cells are text as DuckDB prints it; null is SQL's NULL. `truncated`: there were more rows, or longer cells, than are shown. */
export type SqlAnswer =
  | { ok: true; columns: SqlColumn[]; rows: (string | null)[][]; truncated: boolean; elapsedMs: number }
  | { ok: false; error: string; elapsedMs: number }
