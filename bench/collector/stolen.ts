import { readFileSync } from 'node:fs'
import type { Figure } from './figures.ts'

/** Beyond so much of its time a machine's clock says little about the server on it. */
const maxStolen = 0.05

/** What the kernel has counted since the machine was started (proc(5), /proc/stat). */
export const machineTimes = () => readFileSync('/proc/stat', 'utf8')

/** The share of the time of all processors between two of `machineTimes` in which something wanted to run and the host of this virtual machine had given the processor away. */
export function stolenShare(before: string, after: string): number {
  const [first, last] = [ticksOf(before), ticksOf(after)]
  return (last.stolen - first.stolen) / (last.all - first.all)
}

/** The figures of a row during which so much was stolen: those that hang on the clock are not judged when it was too much. */
export function judgeable(figures: readonly Figure[], stolen: number): Figure[] {
  return figures.map(figure => {
    const hangs = figure.unit === 'ms' || figure.unit === '%'
    return hangs && stolen > maxStolen ? { ...figure, unsure: true } : figure
  })
}

/** user, nice, system, idle, iowait, irq, softirq, steal; what follows is part of user and nice. */
function ticksOf(times: string): { all: number; stolen: number } {
  const ticks = (/^cpu +(.*)$/m.exec(times)?.[1] ?? '').split(' ').slice(0, 8).map(Number)
  return { all: ticks.reduce((sum, each) => sum + each, 0), stolen: ticks[7] ?? 0 }
}
