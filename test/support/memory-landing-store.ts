import { randomUUID } from 'node:crypto'
import { insideTable, type LandingStore, type StoredEntry, StoreError } from '../../consumers/hdfs/store.ts'

export type StoreOperation = 'list' | 'read' | 'stage' | 'land' | 'discard' | 'setAside' | 'removeFolder'

/**
 * What goes wrong with one call. `unanswered`: done, but the caller gets an error. `late`: an error now, done before some later call.
 * `unseen`: a stale listing, without the newest so many files (but never empty: HDFS shows a file that was there all along).
 */
export type StoreFault = 'fails' | 'unanswered' | 'late' | { unseen: number }

/** Asked before each call of a store handle; it may wait, and name a fault. */
export type BeforeCall = (operation: StoreOperation, path: string) => Promise<StoreFault | undefined>

/** One storage in memory, with as many handles as there are writers. */
export interface MemoryStorage {
  /** Landed files by path, in the order in which they landed. */
  readonly files: Map<string, Buffer>
  readonly staged: Map<string, { content: Buffer; writtenMs: number }>
  /** Files that were set aside, by `<name>/<path>`. */
  readonly replaced: Map<string, Buffer>
  /** Carries out what is `late`. */
  settle(): void
  store(before?: BeforeCall): LandingStore
}

/** A storage whose calls take effect at once and as a whole. `now` stamps staged files. */
export function createMemoryStorage(now: () => number = Date.now): MemoryStorage {
  const files = new Map<string, Buffer>()
  const staged = new Map<string, { content: Buffer; writtenMs: number }>()
  const replaced = new Map<string, Buffer>()
  let late: (() => unknown)[] = []

  function land(from: string, to: string): 'landed' | 'lost' {
    const file = staged.get(from)
    if (!file) throw new StoreError('not_found', `land: no staged file ${from}`)
    if (files.has(to)) return 'lost'
    staged.delete(from)
    files.set(to, file.content)
    return 'landed'
  }

  function setAside(path: string, to: string): string {
    const content = files.get(path)
    if (!content) throw new StoreError('not_found', `set aside ${path}`)
    if (replaced.has(to)) throw new StoreError('refused', `set aside ${path}: ${to} exists`)
    files.delete(path)
    replaced.set(to, content)
    return to
  }

  function removeFolder(folder: string): void {
    for (const path of [...files.keys()]) if (path.startsWith(`${folder}/`)) files.delete(path)
  }

  function list(folder: string, unseen: number): StoredEntry[] {
    const prefix = folder === '' ? '' : `${folder}/`
    const visible = [...files].slice(0, unseen === 0 ? files.size : Math.max(1, files.size - unseen))
    const entries = new Map<string, StoredEntry>()
    for (const [path, content] of visible) {
      if (!path.startsWith(prefix)) continue
      const [name = '', ...rest] = path.slice(prefix.length).split('/')
      entries.set(name, { name, directory: rest.length > 0, length: rest.length > 0 ? 0 : content.length })
    }
    return [...entries.values()]
  }

  function store(before: BeforeCall = async () => undefined): LandingStore {
    async function run<T>(operation: StoreOperation, path: string, action: (unseen: number) => T): Promise<T> {
      const fault = await before(operation, path)
      const failed = () => new StoreError('unavailable', `${operation} ${path}: ${String(fault)}`)
      if (fault === 'fails') throw failed()
      if (fault === 'late') {
        late.push(() => action(0))
        throw failed()
      }
      const result = action(typeof fault === 'object' ? fault.unseen : 0)
      if (fault === 'unanswered') throw failed()
      return result
    }
    return {
      description: 'memory',
      list: folder => run('list', folder, unseen => list(folder, unseen)),
      read: (path, offset, length) =>
        run('read', path, () => {
          const content = files.get(path)
          if (!content) throw new StoreError('not_found', `read ${path}`)
          return content.subarray(offset, offset + length)
        }),
      stage: (name, chunks) =>
        run('stage', name, () => {
          const path = `${name}.${randomUUID()}`
          staged.set(path, { content: Buffer.concat(chunks), writtenMs: now() })
          return { path }
        }),
      land: (from, path) => run('land', path, () => land(from.path, path)),
      discard: from => run('discard', from.path, () => void staged.delete(from.path)),
      removeStagedBefore: async timeMs => {
        const old = [...staged].filter(([, file]) => file.writtenMs < timeMs)
        for (const [path] of old) staged.delete(path)
        return old.length
      },
      listStaged: async () =>
        [...staged].map(([path, { content, writtenMs }]) => ({ path, length: content.length, writtenMs })),
      setAside: (path, name) => run('setAside', path, () => setAside(path, insideTable(`${name}/${path}`))),
      removeFolder: folder => run('removeFolder', folder, () => removeFolder(insideTable(folder))),
      close: async () => {},
    }
  }

  return {
    files,
    staged,
    replaced,
    settle() {
      const actions = late
      late = []
      for (const action of actions) {
        try {
          action()
        } catch {
          // Too late: its staged file was discarded in the meantime, and nobody waits for the answer.
        }
      }
    },
    store,
  }
}
