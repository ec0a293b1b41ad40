import type { FileTree } from './file-tree.ts'
import { exceptionOf } from './remote-exception.ts'

/** How a server is: as the client finds it, whatever it is asked. */
export type NameNodeState = 'active' | 'standby' | 'safe mode' | 'starting' | 'hung' | 'down'

const writes = new Set(['CREATE', 'MKDIRS', 'RENAME', 'DELETE'])

/** Throws what a NameNode in this state answers to an operation (HAState, FSNamesystem.checkNameNodeSafeMode). */
export function checkState(state: NameNodeState, op: string): void {
  if (state === 'starting') throw exceptionOf('RetriableException', 'Namenode is in startup mode')
  if (state === 'standby') {
    throw exceptionOf('StandbyException', `Operation category is not supported in state standby: ${op}`)
  }
  if (state === 'safe mode' && writes.has(op)) {
    throw exceptionOf('SafeModeException', `Cannot ${op}. Name node is in safe mode.`)
  }
}

const boolean = (value: boolean) => JSON.stringify({ boolean: value })

/** What is asked, taken apart. */
export interface Asked {
  op: string
  path: string
  query: URLSearchParams
}

/** An operation that only the namespace takes part in; returns the body of a 200. Unknown ones throw a `RemoteException`. */
export function operate(
  tree: FileTree,
  { op, path, query }: Asked,
  options: { strict: boolean; stale: boolean },
): string {
  const to = query.get('destination') ?? ''
  switch (op) {
    case 'MKDIRS':
      tree.mkdirs(path)
      return boolean(true)
    case 'DELETE':
      return boolean(tree.remove(path, query.get('recursive') === 'true'))
    case 'GETFILESTATUS':
      return JSON.stringify({ FileStatus: tree.status(path) })
    case 'LISTSTATUS':
      return JSON.stringify({ FileStatuses: { FileStatus: tree.list(path, options) } })
    case 'RENAME':
      if (!options.strict || query.get('renameoptions') !== 'NONE') return boolean(tree.rename(path, to))
      tree.renameStrictly(path, to)
      return ''
    default:
      throw exceptionOf('UnsupportedOperationException', `${op} is not supported`)
  }
}

/** The part of a file that OPEN asks for. */
export function partOf(content: Buffer, query: URLSearchParams): Buffer {
  const offset = Number(query.get('offset') ?? 0)
  if (offset > content.length)
    throw exceptionOf('IOException', `Offset=${offset} out of the range [0, ${content.length})`)
  return content.subarray(offset, offset + Number(query.get('length') ?? content.length))
}
