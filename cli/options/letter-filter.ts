import type { Letter } from '../../consumers/dlq/letter.ts'
import { rejectReasons } from '../../consumers/sink.ts'
import type { Flag } from './options.ts'
import { timeOf } from './time-flag.ts'
import { oneOf, wholeFrom } from './usage.ts'

type Flags = Readonly<Record<string, unknown>>

/** Which dead letters a command is about. */
export const letterFilters: readonly Flag[] = [
  {
    flags: '--reason <name>',
    help: 'only these: undecodable, invalid, too_large, mapping, conflict or unknown',
    parse: oneOf([...rejectReasons, 'unknown']),
  },
  {
    flags: '--sink <name>',
    help: 'only what this storage refused: hdfs or elasticsearch',
    parse: oneOf(['hdfs', 'elasticsearch']),
  },
  { flags: '--partition <n>', help: 'only from this partition of the topic', parse: wholeFrom(0) },
  { flags: '--since <time>', help: 'only refused since: 2026-11-21T08:00Z, or 2h, 7d ago', parse: timeOf },
  { flags: '--until <time>', help: 'only refused before', parse: timeOf },
]

/** Whether the flags ask for a letter. */
export function wantedBy({ reason, sink, partition, since, until }: Flags): (letter: Letter) => boolean {
  return letter =>
    (reason === undefined || letter.reason === reason) &&
    (sink === undefined || letter.sink === sink) &&
    (partition === undefined || letter.origin?.partition === partition) &&
    (typeof since !== 'number' || letter.refusedMs >= since) &&
    (typeof until !== 'number' || letter.refusedMs < until)
}

/** The filter as it is typed, times in full: `--reason mapping --since 2026-11-21T08:00:00.000Z`. */
export function filterWords(flags: Flags): string {
  const words = ['reason', 'sink', 'partition', 'since', 'until'].flatMap(name => {
    const value = flags[name]
    if (value === undefined) return []
    const isTime = (name === 'since' || name === 'until') && typeof value === 'number'
    return [`--${name} ${isTime ? new Date(value).toISOString() : value}`]
  })
  return words.join(' ')
}
