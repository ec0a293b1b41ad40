import { posix } from 'node:path'

/** What a folder holds. */
export interface StoredEntry {
  name: string
  directory: boolean
  /** Bytes that the storage reports; 0 for folders. */
  length: number
}

/** A complete file outside the table, that nobody reads yet. */
export interface Staged {
  /** Absolute path in the storage. */
  readonly path: string
}

/**
 * Where files land: one table, a tree of folders. Paths are relative to the table, with `/` between; `''` is the table
 * itself. Staged files lie beside it, in `<parent>/_staging/<table>/`. Held to by one suite, `describeLandingStore`.
 * Every method rejects with a {@link StoreError}; none of them retries for longer than one round over its servers.
 */
export interface LandingStore {
  /** For logs: kind and address. */
  readonly description: string
  /** What a folder holds, in no order; a folder that does not exist holds nothing. */
  list(folder: string): Promise<readonly StoredEntry[]>
  /** Exactly `length` bytes from `offset`. */
  read(path: string, offset: number, length: number): Promise<Buffer>
  /**
   * Writes a new file under a unique name that contains `name`. Resolves only when the storage has it durably and
   * reports the full length; else what was written is removed, if the storage answers.
   */
  stage(name: string, chunks: readonly Uint8Array[]): Promise<Staged>
  /**
   * Moves a staged file to `path`, creating folders, never overwriting: of any number of callers exactly one gets
   * `'landed'`. `'lost'`: the path exists already. A rejection says nothing: it may have landed, or land later.
   */
  land(staged: Staged, path: string): Promise<'landed' | 'lost'>
  /** Removes a staged file; it may be gone already. */
  discard(staged: Staged): Promise<void>
  /** Removes staged files, whoever made them, last written before `timeMs`. Returns how many. */
  removeStagedBefore(timeMs: number): Promise<number>
  /** What lies staged, whoever made it, in no order. */
  listStaged(): Promise<readonly StagedEntry[]>
  /**
   * Moves a landed file out of the table to `<parent>/_replaced/<table>/<name>/<path>` and returns where it lies then. Never
   * overwrites: rejects with `refused` where that exists. `not_found`: no such file in the table.
   */
  setAside(path: string, name: string): Promise<string>
  /** Removes a folder below the table with all that it holds, past any trash; it may be gone already. `invalid` for the table itself. */
  removeFolder(folder: string): Promise<void>
  close(): Promise<void>
}

/** A staged file as it is listed. */
export interface StagedEntry extends Staged {
  length: number
  /** When it was last written, by the storage's clock. */
  writtenMs: number
}

/** `<parent of table>/_staging/<name of table>`. Throws a {@link StoreError} for a relative path and for the root. */
export function stagingOf(table: string): string {
  return besides(table, '_staging')
}

/** `<parent of table>/_replaced/<name of table>`: where files lie that were set aside. Throws as {@link stagingOf} does. */
export function replacedOf(table: string): string {
  return besides(table, '_replaced')
}

/** The path itself. Throws a {@link StoreError} `invalid` for one that is the table or leads out of it. */
export function insideTable(path: string): string {
  const parts = path.split('/')
  if (parts.some(part => part === '' || part === '.' || part === '..'))
    throw new StoreError('invalid', `'${path}' is not a path below the table`)
  return path
}

function besides(table: string, folder: string): string {
  const path = posix.normalize(table).replace(/\/+$/, '')
  if (!path.startsWith('/'))
    throw new StoreError('invalid', `the table's path must be absolute and not the root: '${table}'`)
  return posix.join(posix.dirname(path), folder, posix.basename(path))
}

export const storeErrorCodes = [
  /** Away, busy, in safe mode, or its answer was cut: passes. */
  'unavailable',
  /** Full, or over its quota: passes when somebody makes room. */
  'no_room',
  /** The storage reports another length than was written. */
  'short_write',
  /** No such file. */
  'not_found',
  /** Refused without a reason that is known. */
  'refused',
  /** Wrong credentials or no right. */
  'unauthorized',
  /** Used wrongly: a bad path, or a server that is none. */
  'invalid',
] as const
export type StoreErrorCode = (typeof storeErrorCodes)[number]

/** What every method of the port rejects with. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: StoreErrorCode

  constructor(code: StoreErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }

  /** Whether it passes without a change of configuration. */
  get retriable(): boolean {
    return this.code !== 'unauthorized' && this.code !== 'invalid'
  }
}
