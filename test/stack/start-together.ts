import { startProcess } from './server-process.ts'
import type { StackProcess } from './stack-processes.ts'

export interface Outcome {
  name: string
  /** False when it already ran, or could not be started. */
  started: boolean
  /** Why it could not be started. Absent for those that were given up because another one of their server failed. */
  error?: string
}

const givenUp = Symbol('another process of the server failed')

/** Starts processes side by side. Never throws; when one fails, the rest of its server isn't waited for any more. */
export async function startTogether(processes: StackProcess[], progress: (line: string) => void): Promise<Outcome[]> {
  const failures = new Map(processes.map(({ server }) => [server, new AbortController()]))
  return await Promise.all(
    processes.map(async ({ server, process }): Promise<Outcome> => {
      const failure = failures.get(server) ?? new AbortController()
      const name = process.name
      try {
        return { name, started: await startProcess(process, progress, failure.signal) }
      } catch (error) {
        failure.abort(givenUp)
        if (error === givenUp) return { name, started: false }
        return { name, started: false, error: error instanceof Error ? error.message : String(error) }
      }
    }),
  )
}
