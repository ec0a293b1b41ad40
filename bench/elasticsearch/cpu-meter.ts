/** CPU seconds that this process, all its threads, has used since. */
export function cpuMeter(): () => number {
  const began = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(began)
    return (user + system) / 1e6
  }
}
