import { type ChildProcess, fork } from 'node:child_process'
import type { Logger } from 'pino'
import { z } from 'zod'
import { type WorkerQuestion, type WorkerRequest, workerAnswer } from './api.ts'
import { logPrinted } from './log-printed.ts'

export interface WorkerClientOptions {
  /** The built worker, a JavaScript file. */
  sqlWorker: string
  eventsDir: string
  logger: Logger
  /** How long a query of the SQL box, which stops itself after 5 s, may take before the worker is killed and started anew; anything else may take four times as long. @default 15000 */
  deadlineMs?: number
  /** Pause before a worker that ended is started again. @default 1000 */
  restartMs?: number
}

export interface WorkerClient {
  /** The worker's result. Rejects when it fails, ends, or misses the deadline. Once `signal` is aborted the worker stops working on it, which is a failure too. */
  ask(question: WorkerQuestion, signal?: AbortSignal): Promise<unknown>
  /** Ends the worker at once: all it holds can be read from the files again. */
  close(): Promise<void>
}

interface Waiting {
  resolve(result: unknown): void
  reject(error: Error): void
  timer: NodeJS.Timeout
}

const problem = z.object({ problem: z.string() })

/** Keeps one worker process running, whatever happens to it, and carries questions to it. What it prints on standard error goes to the log, within bounds. */
export function createWorkerClient(options: WorkerClientOptions): WorkerClient {
  const { sqlWorker, eventsDir, logger, deadlineMs = 15_000, restartMs = 1_000 } = options
  const waiting = new Map<number, Waiting>()
  const printed = logPrinted(logger)
  let child: ChildProcess | undefined
  let restart: NodeJS.Timeout | undefined
  let closed = false
  let lastId = 0

  function settle(id: number): Waiting | undefined {
    const entry = waiting.get(id)
    waiting.delete(id)
    clearTimeout(entry?.timer)
    return entry
  }

  function received(message: unknown): void {
    const answer = workerAnswer.safeParse(message)
    if (answer.success) {
      const entry = settle(answer.data.id)
      if ('failure' in answer.data) entry?.reject(new Error(answer.data.failure))
      else entry?.resolve(answer.data.result)
      return
    }
    const trouble = problem.safeParse(message)
    if (trouble.success)
      logger.warn({ eventsDir, reason: trouble.data.problem }, 'dashboard cannot read the events folder')
  }

  function ended(code: number | null, signal: string | null): void {
    child = undefined
    for (const id of [...waiting.keys()]) settle(id)?.reject(new Error('the dashboard worker ended'))
    if (closed) return
    logger.warn({ code, signal }, 'dashboard worker ended, starting it again')
    restart = setTimeout(start, restartMs)
  }

  function start(): void {
    // An empty environment: no password of this process is within reach of a query.
    const started = fork(sqlWorker, [eventsDir], {
      env: { TZ: 'UTC' },
      execArgv: [],
      // not our standard error: one that is a socket would block us from then on
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    started.stderr?.setEncoding('utf8').on('data', printed)
    let over = false
    const once = (code: number | null, signal: string | null) => {
      if (!over) ended(code, signal)
      over = true
    }
    started.on('message', received)
    started.on('exit', once)
    started.on('error', error => {
      logger.warn({ err: error }, 'dashboard worker failed')
      if (started.pid === undefined) once(null, null)
    })
    child = started
  }

  start()
  return {
    ask(question, signal) {
      const worker = child
      if (!worker?.connected) return Promise.reject(new Error('the dashboard worker is starting'))
      if (signal?.aborted) return Promise.reject(new Error('nobody waits for the answer'))
      lastId += 1
      const id = lastId
      const limitMs = question.kind === 'sql' ? deadlineMs : 4 * deadlineMs
      const tell = (request: WorkerRequest) => worker.send(request)
      const cancel = () => {
        if (waiting.has(id) && worker.connected) tell({ cancelled: id })
      }
      signal?.addEventListener('abort', cancel, { once: true })
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          settle(id)
          logger.warn({ kind: question.kind, limitMs }, 'dashboard worker does not answer, killing it')
          worker.kill('SIGKILL')
          reject(new Error('the dashboard worker did not answer in time'))
        }, limitMs)
        waiting.set(id, { resolve, reject, timer })
        tell({ id, question })
      })
    },
    async close() {
      closed = true
      clearTimeout(restart)
      const worker = child
      if (worker === undefined) return
      const gone = new Promise(resolve => worker.once('exit', resolve))
      worker.kill('SIGKILL')
      await gone
    },
  }
}
