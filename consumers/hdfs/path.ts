export type FileFormat = 'json.gz' | 'json'

/** What a file's path says. `start` is the partition's `next` when the file was begun: the name is the commit. */
export interface LandedPath {
  /** UTC hour, milliseconds since the epoch: of the first record on the log at or after `start`. */
  hourMs: number
  /** Goes into the name from 2 on: which life of the topic. */
  generation: number
  partition: number
  start: number
  format: FileFormat
}

export const hourLengthMs = 3_600_000

/** The UTC hour that holds a time. */
export function hourOf(timestampMs: number): number {
  return Math.floor(timestampMs / hourLengthMs) * hourLengthMs
}

/** `dt=2026-11-21/hr=02`, as Hive names partitions. */
export function folderOf(hourMs: number): string {
  const time = new Date(hourMs).toISOString()
  return `dt=${time.slice(0, 10)}/hr=${time.slice(11, 13)}`
}

/** The inverse of {@link folderOf}; undefined for anything else. */
export function parseFolder(folder: string): number | undefined {
  const match = /^dt=(\d{4}-\d\d-\d\d)\/hr=(\d\d)$/.exec(folder)
  if (!match) return undefined
  const hourMs = Date.parse(`${match[1]}T${match[2]}:00:00.000Z`)
  return Number.isNaN(hourMs) || folderOf(hourMs) !== folder ? undefined : hourMs
}

function tagOf(generation: number, partition: number): string {
  const life = generation > 1 ? `g${generation}-` : ''
  return `${life}p${String(partition).padStart(2, '0')}`
}

/** `dt=2026-11-21/hr=02/events-p03-00000000000000000017.json.gz`, or `events-g2-p03-…` in the second generation. */
export function pathOf(path: LandedPath): string {
  const start = String(path.start).padStart(20, '0')
  return `${folderOf(path.hourMs)}/events-${tagOf(path.generation, path.partition)}-${start}.${path.format}`
}

/** Whether a file of this name may be of a partition; {@link parsePath} knows, at many times the price. */
export function mayBeOf(partition: number, name: string): boolean {
  return name.includes(`${tagOf(1, partition)}-`)
}

/** The inverse of {@link pathOf}; undefined for files that are not ours. */
export function parsePath(path: string): LandedPath | undefined {
  const match = /^(.+)\/events-(?:g(\d+)-)?p(\d{2,})-(\d{20})\.(json|json\.gz)$/.exec(path)
  const hourMs = match?.[1] === undefined ? undefined : parseFolder(match[1])
  if (!match || hourMs === undefined) return undefined
  const parsed: LandedPath = {
    hourMs,
    generation: match[2] === undefined ? 1 : Number(match[2]),
    partition: Number(match[3]),
    start: Number(match[4]),
    format: match[5] === 'json' ? 'json' : 'json.gz',
  }
  return pathOf(parsed) === path ? parsed : undefined
}

/** Offsets `from … to` that were gone before they could be read; `hourMs` is that of the record after them. */
export interface GapPath {
  hourMs: number
  generation: number
  partition: number
  from: number
  to: number
}

/** Where a gap is written down: beside the data, where Hive does not look. */
export function gapPathOf(gap: GapPath): string {
  return `${folderOf(gap.hourMs)}/_gap-${tagOf(gap.generation, gap.partition)}-${gap.from}-${gap.to}.json`
}

/** The inverse of {@link gapPathOf}; undefined for anything else. */
export function parseGapPath(path: string): GapPath | undefined {
  const match = /^(.+)\/_gap-(?:g(\d+)-)?p(\d{2,})-(\d+)-(\d+)\.json$/.exec(path)
  const hourMs = match?.[1] === undefined ? undefined : parseFolder(match[1])
  if (!match || hourMs === undefined) return undefined
  const parsed: GapPath = {
    hourMs,
    generation: match[2] === undefined ? 1 : Number(match[2]),
    partition: Number(match[3]),
    from: Number(match[4]),
    to: Number(match[5]),
  }
  return gapPathOf(parsed) === path ? parsed : undefined
}
