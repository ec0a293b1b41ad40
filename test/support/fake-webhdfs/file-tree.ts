import { posix } from 'node:path'
import { exceptionOf } from './remote-exception.ts'

/** What the tree still takes; each may be changed at any time. */
export interface TreeLimits {
  /** Files and folders (NSQuotaExceededException). */
  names: number
  /** Bytes of all files (DSQuotaExceededException). */
  bytes: number
  /** Bytes that the disks hold (IOException, as a block that finds no DataNode). */
  diskBytes: number
  /** Below these paths nobody may write (AccessControlException). */
  readOnly: readonly string[]
}

/** HDFS's namespace: what the NameNodes share. Every change is whole, and what is refused throws a `RemoteException`. */
export interface FileTree {
  /** Absolute path to content; tests may look and put. */
  readonly files: Map<string, Buffer>
  readonly limits: TreeLimits
  mkdirs(path: string): void
  /** An empty file, that is being written. */
  open(path: string, overwrite: boolean): void
  /** The file's whole content, unless it has been removed since. */
  complete(path: string, content: Buffer): void
  remove(path: string, recursive: boolean): boolean
  /** `renameoptions=NONE` (FSDirRenameOp.renameTo with Options.Rename.NONE). */
  renameStrictly(from: string, to: string): void
  /** The old rename: false without a reason, and into `to` where that is a folder. */
  rename(from: string, to: string): boolean
  read(path: string): Buffer
  status(path: string): FileStatus
  /** `stale`: as it was before the file that came last. */
  list(path: string, options?: { stale: boolean }): FileStatus[]
}

export interface FileStatus {
  pathSuffix: string
  type: 'FILE' | 'DIRECTORY'
  length: number
  modificationTime: number
}

export function createFileTree(now: () => number = Date.now): FileTree {
  const files = new Map<string, Buffer>()
  const folders = new Set(['/'])
  const times = new Map<string, number>()
  const unlimited = Number.POSITIVE_INFINITY
  const limits: TreeLimits = { names: unlimited, bytes: unlimited, diskBytes: unlimited, readOnly: [] }

  const below = (folder: string) => (folder === '/' ? '/' : `${folder}/`)
  const isFolder = (path: string) => folders.has(path) || [...files.keys()].some(file => file.startsWith(below(path)))
  const missing = (path: string) => exceptionOf('FileNotFoundException', `File does not exist: ${path}`)

  function checkWrite(path: string): void {
    if (limits.readOnly.some(one => path === one || path.startsWith(below(one)))) {
      throw exceptionOf('AccessControlException', `Permission denied: access=WRITE, inode="${path}"`)
    }
  }

  function checkNames(added: number): void {
    if (added === 0 || files.size + folders.size - 1 + added <= limits.names) return
    throw exceptionOf('NSQuotaExceededException', `The NameSpace quota is exceeded: quota=${limits.names}`)
  }

  function checkParents(path: string): void {
    for (let one = posix.dirname(path); one !== '/'; one = posix.dirname(one)) {
      if (files.has(one)) throw exceptionOf('ParentNotDirectoryException', `${one} (is not a directory)`)
    }
  }

  function mkdirs(path: string): void {
    if (files.has(path)) throw exceptionOf('FileAlreadyExistsException', `Path is not a directory: ${path}`)
    checkParents(path)
    const made: string[] = []
    for (let one = path; !folders.has(one); one = posix.dirname(one)) made.push(one)
    if (made.length > 0) checkWrite(path)
    checkNames(made.length)
    for (const one of made) folders.add(one)
  }

  function move(from: string, to: string): void {
    checkWrite(from)
    checkWrite(to)
    checkNames(0)
    const content = files.get(from)
    if (!content) return
    files.delete(from)
    files.set(to, content)
    times.set(to, times.get(from) ?? now())
  }

  function statusOf(name: string, path: string): FileStatus {
    const content = files.get(path)
    const type = content ? 'FILE' : 'DIRECTORY'
    return { pathSuffix: name, type, length: content?.length ?? 0, modificationTime: times.get(path) ?? now() }
  }

  return {
    files,
    limits,
    mkdirs,
    open(path, overwrite) {
      if (files.has(path) && !overwrite) {
        throw exceptionOf('FileAlreadyExistsException', `${path} for client 127.0.0.1 already exists`)
      }
      checkWrite(path)
      mkdirs(posix.dirname(path))
      checkNames(files.has(path) ? 0 : 1)
      files.set(path, Buffer.alloc(0))
      times.set(path, now())
    },
    complete(path, content) {
      if (!files.has(path)) throw missing(path)
      const used = [...files.values()].reduce((sum, file) => sum + file.length, content.length)
      if (used > limits.bytes) {
        throw exceptionOf('DSQuotaExceededException', `The DiskSpace quota is exceeded: quota = ${limits.bytes}`)
      }
      if (used > limits.diskBytes) {
        throw exceptionOf('IOException', `File ${path} could only be written to 0 of the 1 minReplication nodes.`)
      }
      files.set(path, content)
      times.set(path, now())
    },
    remove(path, recursive) {
      if (!files.has(path) && !isFolder(path)) return false
      checkWrite(path)
      const inside = [...files.keys(), ...folders].filter(one => one.startsWith(below(path)))
      if (inside.length > 0 && !recursive) {
        throw exceptionOf('PathIsNotEmptyDirectoryException', `${path} is non empty`)
      }
      for (const one of [path, ...inside]) {
        files.delete(one)
        folders.delete(one)
        times.delete(one)
      }
      return true
    },
    renameStrictly(from, to) {
      if (!files.has(from)) throw missing(from)
      if (isFolder(to))
        throw exceptionOf('IOException', `Source ${from} is a file and destination ${to} is a directory`)
      if (files.has(to)) {
        throw exceptionOf('FileAlreadyExistsException', `rename destination ${to} already exists`)
      }
      checkParents(to)
      const parent = posix.dirname(to)
      if (!isFolder(parent)) {
        throw exceptionOf('FileNotFoundException', `rename destination parent ${parent} not found.`)
      }
      move(from, to)
    },
    rename(from, to) {
      const target = isFolder(to) ? posix.join(to, posix.basename(from)) : to
      if (!files.has(from) || files.has(target) || !isFolder(posix.dirname(target))) return false
      move(from, target)
      return true
    },
    read(path) {
      const content = files.get(path)
      if (!content) throw missing(path)
      return content
    },
    status(path) {
      if (!files.has(path) && !isFolder(path)) throw missing(path)
      return statusOf('', path)
    },
    list(path, { stale } = { stale: false }) {
      if (files.has(path)) return [statusOf('', path)]
      if (!isFolder(path)) throw exceptionOf('FileNotFoundException', `File ${path} does not exist.`)
      const inside = [...files.keys()].filter(file => file.startsWith(below(path)))
      // A Map keeps the order in which the names came.
      const seen = stale ? inside.slice(0, -1) : inside
      const names = [...seen, ...[...folders].filter(one => one !== '/' && one.startsWith(below(path)))]
      const children = new Set(names.map(one => one.slice(below(path).length).split('/')[0] ?? ''))
      return [...children].sort().map(name => statusOf(name, `${below(path)}${name}`))
    },
  }
}
