const full = process.env['CLICKTRAIL_FAULTS'] === 'full'

/** How long faults last: with CLICKTRAIL_FAULTS=full as long as issue 5 has it, else as short as still shows the same. */
export const faultLengths = {
  /** All brokers are away. */
  awayMs: full ? 60_000 : 15_000,
  /** A broker is suspended: longer than the 15 s that a request of the Kafka client may take. */
  suspendedMs: full ? 30_000 : 17_000,
  /** Restarts of the collector by SIGTERM. */
  sigtermRounds: Number(process.env['CLICKTRAIL_SIGTERM_ROUNDS'] ?? (full ? 100 : 20)),
} as const
