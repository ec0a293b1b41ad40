import type { LandingStore } from '../../../consumers/hdfs/store.ts'
import type { TopicWriter } from '../../../topic/topic.ts'

/** What a writer asks of the world outside its process. */
export type Call =
  | 'list'
  | 'read'
  | 'stage'
  | 'land'
  | 'discard'
  | 'setup'
  | 'bulk'
  | 'mget'
  | 'bounds'
  | 'commit'
  | 'bury'
export type Point = `${'before' | 'after'} ${Call}`

/** What every call of a writer goes out through, and every answer comes back through. */
export interface Passage {
  through<T>(call: Call, action: () => Promise<T>): Promise<T>
}

/**
 * A process's way to the world: every call of a writer goes out through it and every answer comes back through it. So a
 * writer in this process can be stopped and killed as a process is, between any two steps.
 */
export interface Gate extends Passage {
  /** Resolves while the process runs; never once it is dead. */
  pass(): Promise<void>
  readonly state: 'running' | 'stopped' | 'dead'
  /** SIGSTOP, SIGCONT and SIGKILL. */
  stop(): void
  go(): void
  kill(): void
  /** Stops when that point is reached, and resolves then: false if it was not within `timeoutMs`. */
  stopAt(point: Point, timeoutMs: number): Promise<boolean>
}

export function createGate(): Gate {
  let state: Gate['state'] = 'running'
  let waiting: (() => void)[] = []
  let trap: { point: Point; sprung: () => void } | undefined

  async function pass(point?: Point): Promise<void> {
    if (trap && trap.point === point && state === 'running') {
      state = 'stopped'
      trap.sprung()
    }
    // The promises of a dead process are never settled.
    while (state !== 'running') await new Promise<void>(resolve => waiting.push(resolve))
  }

  return {
    async through(call, action) {
      await pass(`before ${call}`)
      try {
        return await action()
      } finally {
        await pass(`after ${call}`)
      }
    },
    pass: () => pass(),
    get state() {
      return state
    },
    stop() {
      if (state === 'running') state = 'stopped'
    },
    go() {
      if (state !== 'stopped') return
      state = 'running'
      const resumed = waiting
      waiting = []
      for (const resume of resumed) resume()
    },
    kill() {
      state = 'dead'
      waiting = []
    },
    stopAt: (point, timeoutMs) =>
      new Promise(resolve => {
        const end = (reached: boolean) => {
          clearTimeout(timer)
          trap = undefined
          resolve(reached)
        }
        const timer = setTimeout(() => end(false), timeoutMs)
        trap = { point, sprung: () => end(true) }
      }),
  }
}

/** The store as the process behind the gate has it. */
export function gatedStore(store: LandingStore, gate: Passage): LandingStore {
  return {
    ...store,
    list: folder => gate.through('list', () => store.list(folder)),
    read: (path, offset, length) => gate.through('read', () => store.read(path, offset, length)),
    stage: (name, chunks) => gate.through('stage', () => store.stage(name, chunks)),
    land: (staged, path) => gate.through('land', () => store.land(staged, path)),
    discard: staged => gate.through('discard', () => store.discard(staged)),
    removeStagedBefore: timeMs => gate.through('discard', () => store.removeStagedBefore(timeMs)),
  }
}

/** The dead-letter topic as the process behind the gate has it. It stays open. */
export function gatedWriter(writer: TopicWriter, gate: Passage): TopicWriter {
  return {
    ...writer,
    append: (partition, records) => gate.through('bury', () => writer.append(partition, records)),
    close: async () => {},
  }
}
