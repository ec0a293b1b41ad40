import { writeSync } from 'node:fs'
import type { DestinationStream } from 'pino'

/** Of lines that nobody takes, this much is kept, in characters. */
const mostPending = 4 * 1024 * 1024

const tryAgainMs = 10

/** How long an exit waits for a reader to take what is left. */
const exitPatienceMs = 2_000

const nap = new Int32Array(new SharedArrayBuffer(4))

/**
 * Writes lines to the descriptor `fd`, each at once where there is room for it. What a reader does not take waits in memory,
 * up to 4 Mi characters; beyond that, and where writing fails, lines are dropped, and the next line to be kept comes after one that
 * counts them. At the exit of the process what waits is still written, for 2 s at most. Never throws, and never blocks where
 * `fd` is non-blocking. For one writer a descriptor: two would write into each other's lines.
 */
export function writeLinesTo(fd: number, print: (line: string) => string = line => line): DestinationStream {
  let head = Buffer.alloc(0)
  let lines: string[] = []
  let pending = 0
  let dropped = 0
  let timer: NodeJS.Timeout | undefined

  function add(line: string): void {
    lines.push(line)
    pending += line.length
  }

  function addCount(): void {
    if (dropped === 0) return
    const fields = { level: 40, time: Date.now(), pid: process.pid, dropped, msg: 'lines of the log were dropped' }
    dropped = 0
    add(print(`${JSON.stringify(fields)}\n`))
  }

  /** True when nothing is left to be written. */
  function flush(): boolean {
    let taken = 0
    try {
      while (head.length > 0) head = head.subarray(writeSync(fd, head))
      for (const line of lines) {
        head = Buffer.from(line)
        pending -= line.length
        taken++
        while (head.length > 0) head = head.subarray(writeSync(fd, head))
      }
      lines = []
      return true
    } catch (error) {
      lines = lines.slice(taken)
      if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return false
      dropped += lines.length + 1
      head = Buffer.alloc(0)
      lines = []
      pending = 0
      return true
    }
  }

  function tryAgain(): void {
    timer = flush() ? undefined : setTimeout(tryAgain, tryAgainMs).unref()
  }

  process.once('exit', () => {
    addCount()
    const untilMs = performance.now() + exitPatienceMs
    while (!flush() && performance.now() < untilMs) Atomics.wait(nap, 0, 0, tryAgainMs)
  })

  return {
    write(text) {
      const line = print(text)
      if (pending + line.length > mostPending) {
        dropped++
        return
      }
      addCount()
      add(line)
      if (timer === undefined) tryAgain()
    },
  }
}
