/** Over the average of `count` places, 1 when even or when there is nothing. */
function overAverage(loads: readonly number[], count: number): number {
  const sum = loads.reduce((total, load) => total + load, 0)
  return sum === 0 ? 1 : (Math.max(...loads) * count) / sum
}

/** How uneven a topic lies: leaders of the broker that has most, and records of the partition that has most, each over the average. */
export function skewOf(
  partitions: readonly { leader: number; low: number; high: number }[],
  brokers: number,
): { leaders: number; records: number } {
  const leaders = new Map<number, number>()
  for (const { leader } of partitions) leaders.set(leader, (leaders.get(leader) ?? 0) + 1)
  const places = Math.min(brokers, partitions.length)
  return {
    leaders: overAverage([...leaders.values()], places),
    records: overAverage(
      partitions.map(({ low, high }) => high - low),
      partitions.length,
    ),
  }
}
