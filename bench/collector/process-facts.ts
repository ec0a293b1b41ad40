import { readFileSync } from 'node:fs'

/** Kernel ticks a second in /proc (USER_HZ): 100 on every Linux that Node runs on. */
const ticksPerSecond = 100

/** CPU time that a process has used, seconds: user and system (proc(5), stat, fields 14 and 15). */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

/** Memory of its own, bytes: RssAnon, so that mapped files (LMDB) don't count. */
export function anonymousBytes(pid: number): number {
  const match = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return match ? Number(match[1]) * 1_024 : Number.NaN
}
