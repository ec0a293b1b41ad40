/** One figure of kafkajs's own path and of ours, from the same round. */
export interface Pair {
  stock: number
  direct: number
}

/** CPU of this process while `work` runs, all threads, microseconds. */
export async function cpuMicros(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return user + system
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

/** A line of the table: both medians, and the median of the rounds' ratios. */
export function lineOf(name: string, pairs: readonly Pair[], ratio: (pair: Pair) => number): string {
  const [stock, direct] = [median(pairs.map(pair => pair.stock)), median(pairs.map(pair => pair.direct))]
  const cells = [stock, direct, median(pairs.map(ratio))].map(value => value.toFixed(value < 100 ? 2 : 0))
  return `| ${name} | ${cells[0]} | ${cells[1]} | ${cells[2]}x |`
}
