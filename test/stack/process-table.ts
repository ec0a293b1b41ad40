import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** One running process. `command` is its arguments with a space before, between and after. */
export interface RunningProcess {
  pid: number
  group: number
  rssBytes: number
  command: string
}

/** Reads one row of `/proc`. Undefined for a process that is gone, a zombie or a kernel thread. */
function fromProc(pid: number): RunningProcess | undefined {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    if (!command) return undefined
    // proc(5): the name in parentheses may hold spaces; state, ppid and pgrp follow it
    const group = Number(
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')[2],
    )
    const rss = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return { pid, group, rssBytes: Number(rss ?? 0) * 1024, command: ` ${command.replaceAll('\0', ' ')}` }
  } catch {
    return undefined
  }
}

/** Reads what `ps -A -ww -o pid=,pgid=,rss=,command=` prints; `rss` is in KiB. */
export function parsePs(text: string): RunningProcess[] {
  return text.split('\n').flatMap(line => {
    const [, pid, group, rss, command] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s(.*)$/.exec(line) ?? []
    if (command === undefined) return []
    return [{ pid: Number(pid), group: Number(group), rssBytes: Number(rss) * 1024, command: ` ${command} ` }]
  })
}

/** All processes of this machine that we may see: from /proc, or from `ps` where there is none. */
export function processTable(): RunningProcess[] {
  if (existsSync('/proc/self/stat')) {
    return readdirSync('/proc').flatMap(name => (/^\d+$/.test(name) ? (fromProc(Number(name)) ?? []) : []))
  }
  return parsePs(spawnSync('ps', ['-A', '-ww', '-o', 'pid=,pgid=,rss=,command='], { encoding: 'utf8' }).stdout)
}

/** Those of one process group that carry `mark` as an argument: what is left of it after its pid was given to somebody else is not. */
export function marked(table: RunningProcess[], group: number, mark: string): RunningProcess[] {
  return table.filter(process => process.group === group && process.command.includes(` ${mark} `))
}
