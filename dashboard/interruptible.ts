import type { DuckDBConnection } from '@duckdb/node-api'

const againMs = 100

/**
 * Does `work` on the connection; from the abort of `signal` on, whatever query runs there is interrupted, so that `work` rejects with
 * DuckDB's error. Again and again until `work` has ended: DuckDB forgets an interrupt that comes between two queries.
 */
export async function interruptible<Result>(
  connection: DuckDBConnection,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  let again: NodeJS.Timeout | undefined
  const stop = () => {
    connection.interrupt()
    again = setInterval(() => connection.interrupt(), againMs)
  }
  signal.throwIfAborted()
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await work()
  } finally {
    signal.removeEventListener('abort', stop)
    clearInterval(again)
  }
}
