import type { FileKey, FoundFile } from '../recovery.ts'
import type { FoundGap } from '../table.ts'

/** What can be wrong in a table, and what to do about it. `reload` stands for the command that lands the file again. */
const remedies = {
  unknown_file: 'move it out of the table: Hive reads every file that lies in it',
  unknown_folder: 'move it out of the table: files are looked for in dt=YYYY-MM-DD/hr=HH only',
  hidden_file: 'nothing: Hive does not look at it; remove it if nobody needs it',
  wrong_folder: 'move it back into the folder of its hour, or reload',
  double_number: 'compare the two and move the wrong one out of the table',
  missing_file: 'bring the missing file back, or reload',
  overlap: 'reload: offsets landed twice',
  empty_file: 'reload',
  truncated: 'reload',
  corrupt: 'reload',
  trailing_bytes: 'reload',
  unreadable: 'see to the storage (hdfs fsck names missing blocks), then check again, or reload',
  no_newline: 'reload',
  line_too_long: 'reload',
  empty_line: 'reload',
  carriage_return: 'reload',
  not_utf8: 'reload',
  not_json: 'reload',
  not_a_row: 'reload',
  foreign_row: 'move the file out of the table, or check with the topic that it is from',
  offset_order: 'reload',
  offsets_missing: 'reload: offsets are neither landed nor counted in kafka.skipped',
  last_line: 'reload: the writer could not go on from this file',
  wrong_gap: 'remove the gap file: the offsets are there',
  staged_leftover: 'nothing: the writer removes it within the hour; without one, remove it',
} as const

export type ProblemKind = keyof typeof remedies

/** The same where the log is gone, because a later generation has files: the rest is moved out of the table. */
const remediesWithoutLog: Partial<Record<ProblemKind, string>> = {
  wrong_folder: 'move it back into the folder of its hour',
  double_number: remedies.double_number,
  missing_file: 'bring the missing file back: its log is gone',
  unreadable: 'see to the storage (hdfs fsck names missing blocks), then check again: its log is gone',
  foreign_row: remedies.foreign_row,
  offset_order: 'nothing: its log is gone, and Hive reads the rows that are there',
  offsets_missing: 'nothing: its log is gone, and Hive reads the rows that are there',
  last_line: 'nothing: its log is gone, and no writer goes on from this file',
}

/** These are said, but nothing is damaged. */
const harmless: ReadonlySet<ProblemKind> = new Set(['hidden_file', 'staged_leftover'])

/** One thing that is wrong with one file: many lines of the same kind are one problem. */
export interface Problem {
  kind: ProblemKind
  path: string
  /** Whose file it is; undefined where it is nobody's. */
  partition: number | undefined
  generation: number | undefined
  /** The first line that is meant, from 1; undefined where it is the file as a whole. */
  line: number | undefined
  /** How many lines are meant. */
  count: number
  what: string
  /** What to do about it. */
  advice: string
  damage: boolean
}

/** Collects problems; each file and kind is kept once, so that a file of broken lines costs no memory. */
export interface Problems {
  add(found: { kind: ProblemKind; path: string; what: string; line?: number; file?: FoundFile | FoundGap }): void
  list(): Problem[]
}

/** @param files all that lie in the table: whose log is gone, because a later generation has files, is told by them */
export function createProblems(files: readonly FileKey[]): Problems {
  const newest = new Map<number, number>()
  for (const { partition, generation } of files)
    newest.set(partition, Math.max(generation, newest.get(partition) ?? generation))
  const found = new Map<string, Problem>()
  return {
    add({ kind, path, what, line, file }) {
      const key = `${kind} ${path}`
      const known = found.get(key)
      if (known) {
        known.count++
        return
      }
      found.set(key, {
        kind,
        path,
        partition: file?.partition,
        generation: file?.generation,
        line,
        count: 1,
        what,
        advice: adviceOf(kind, file, (file && newest.get(file.partition)) ?? 1),
        damage: !harmless.has(kind),
      })
    },
    list: () => [...found.values()],
  }
}

function adviceOf(kind: ProblemKind, file: FoundFile | FoundGap | undefined, newest: number): string {
  if (!file || !('start' in file)) return remedies[kind]
  if (file.generation < newest) return remediesWithoutLog[kind] ?? 'move it out of the table: its log is gone'
  const generation = file.generation > 1 ? ` --generation ${file.generation}` : ''
  const reload = `clicktrail reload --sink hdfs --partition ${file.partition} --from ${file.start}${generation}`
  return remedies[kind].replace(/\breload\b/, `"${reload}"`)
}
