import { randomUUID } from 'node:crypto'
import { link, mkdir, open, readdir, rename, rm, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { insideTable, type LandingStore, type StagedEntry, type StoredEntry, StoreError } from '../store.ts'
import { errorCode, outcomeOf } from './outcome.ts'

/**
 * Lands files in a folder of this machine: a hard link is the rename that never overwrites. Files and folders are synced,
 * so what landed survives a power cut. Needs a file system with hard links; one that several machines mount is not for it.
 */
export function createLocalStore({ dir }: { dir: string }): LandingStore {
  const table = resolve(dir)
  const beside = (folder: string) => join(dirname(table), folder, basename(table))
  const staging = beside('_staging')
  if (dirname(table) === table) throw new StoreError('invalid', `the table can't be the root: '${dir}'`)

  /** Makes a folder durably: each one made is synced into its parent. */
  async function makeFolder(folder: string): Promise<void> {
    const first = await mkdir(folder, { recursive: true })
    if (first === undefined) return
    for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made))
  }

  async function listStaged(): Promise<StagedEntry[]> {
    const entries: StagedEntry[] = []
    for (const name of await readdir(staging).catch(() => [])) {
      const path = join(staging, name)
      const found = await stat(path).catch(() => undefined)
      if (found?.isFile()) entries.push({ path, length: found.size, writtenMs: found.mtimeMs })
    }
    return entries
  }

  return {
    description: `local folder ${table}`,

    list: folder =>
      run(`list ${folder}`, async () => {
        const path = join(table, folder)
        const names = await readdir(path, { withFileTypes: true }).catch(error => {
          if (errorCode(error) === 'ENOENT') return []
          throw error
        })
        const entries = names.map(async (entry): Promise<StoredEntry> => {
          const directory = entry.isDirectory()
          return { name: entry.name, directory, length: directory ? 0 : (await stat(join(path, entry.name))).size }
        })
        return Promise.all(entries)
      }),

    read: (path, offset, length) =>
      run(`read ${path}`, async () => {
        const file = await open(join(table, path), 'r')
        try {
          const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset)
          if (bytesRead !== length) throw new StoreError('unavailable', `read ${path}: ${bytesRead} bytes of ${length}`)
          return buffer
        } finally {
          await file.close()
        }
      }),

    stage: (name, chunks) =>
      run(`stage ${name}`, async () => {
        await makeFolder(staging)
        const path = join(staging, `${name}.${randomUUID()}`)
        const file = await open(path, 'wx')
        try {
          for (const chunk of chunks) await file.writeFile(chunk)
          await file.sync()
          const { size } = await file.stat()
          const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
          if (size !== length) throw new StoreError('short_write', `stage ${name}: ${size} bytes of ${length}`)
        } catch (error) {
          // A full disk would fill up with the tries.
          await unlink(path).catch(() => {})
          throw error
        } finally {
          await file.close()
        }
        return { path }
      }),

    land: (staged, path) =>
      run(`land ${path}`, async () => {
        const final = join(table, path)
        await makeFolder(dirname(final))
        try {
          await link(staged.path, final)
        } catch (error) {
          if (errorCode(error) === 'EEXIST') return 'lost'
          throw error
        }
        await syncFolder(dirname(final))
        // Landed whether or not this works: a second name of the same bytes, removed when an hour old.
        await unlink(staged.path).catch(() => {})
        return 'landed'
      }),

    discard: staged => run('discard', () => remove(staged.path)),

    removeStagedBefore: timeMs =>
      run('remove staged files', async () => {
        const old = (await listStaged()).filter(one => one.writtenMs < timeMs)
        for (const one of old) await remove(one.path)
        return old.length
      }),

    listStaged: () => run('list staged files', listStaged),

    setAside: (path, name) =>
      run(`set aside ${path}`, async () => {
        const from = join(table, path)
        const to = join(beside('_replaced'), insideTable(`${name}/${path}`))
        await makeFolder(dirname(to))
        await link(from, to).catch(error => {
          if (errorCode(error) === 'EEXIST') throw new StoreError('refused', `set aside ${path}: ${to} exists`)
          throw error
        })
        await syncFolder(dirname(to))
        await remove(from)
        await syncFolder(dirname(from))
        return to
      }),

    removeFolder: folder =>
      run(`remove ${folder}`, async () => {
        const path = join(table, insideTable(folder))
        const removed = beside('_removed')
        await makeFolder(removed)
        // Out of the table in one step: a removal that is cut short leaves no half of a folder there.
        await rename(path, join(removed, randomUUID())).catch(error => {
          if (errorCode(error) !== 'ENOENT') throw error
        })
        await rm(removed, { recursive: true, force: true, maxRetries: 3 })
      }),

    close: async () => {},
  }
}

async function run<T>(operation: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    throw outcomeOf(operation, error)
  }
}

async function remove(path: string): Promise<void> {
  await unlink(path).catch(error => {
    if (errorCode(error) !== 'ENOENT') throw error
  })
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
