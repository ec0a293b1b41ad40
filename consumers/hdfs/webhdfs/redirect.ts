import { StoreError } from '../store.ts'
import type { HttpAnswer } from './request.ts'

/**
 * Whether a DataNode may be talked to: `list` holds hosts as NameNodes name them, `*.domain` for all below one, `:port` after
 * either for that port only.
 */
export function isAllowedHost(url: URL, list: readonly string[]): boolean {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  return list.some(entry => {
    const [, pattern = '', entryPort] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? []
    if (entryPort !== undefined && entryPort !== port) return false
    return pattern.startsWith('*.') ? url.hostname.endsWith(pattern.slice(1)) : url.hostname === pattern
  })
}

/**
 * Where an answer sends the caller on. Throws a {@link StoreError} `invalid` for what is no redirect, for one out of TLS, and
 * for a host that is not on the list. Without a list any host will do: only the NameNode knows its DataNodes.
 */
export function redirectOf(answer: HttpAnswer, asked: URL, dataNodes?: readonly string[]): URL {
  const operation = `${asked.searchParams.get('op')} ${asked.host}`
  const { location = '' } = answer.headers
  if (answer.status !== 307 || !URL.canParse(location)) {
    throw new StoreError('invalid', `${operation}: HTTP ${answer.status} without an address to go on with`)
  }
  const target = new URL(location)
  if (!(target.protocol === 'https:' || (target.protocol === 'http:' && asked.protocol === 'http:'))) {
    throw new StoreError('invalid', `${operation}: sends us from ${asked.protocol} on to ${target.protocol}`)
  }
  if (dataNodes && !isAllowedHost(target, dataNodes)) {
    throw new StoreError('invalid', `${operation}: sends us to ${target.host}, which HDFS_DATANODES does not allow`)
  }
  return target
}
