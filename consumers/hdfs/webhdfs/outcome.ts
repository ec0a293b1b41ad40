import type { IncomingHttpHeaders } from 'node:http'
import { z } from 'zod'
import { StoreError, type StoreErrorCode } from '../store.ts'

/** What an answer means for the caller. */
export interface Outcome {
  code: StoreErrorCode
  /** The server did nothing and another may: ask the next one. */
  rotate: boolean
  /** For people: the exception and its message, or the status. */
  reason: string
}

/** By `RemoteException.exception`, because most of them are a 403 (org.apache.hadoop.hdfs.web.resources.ExceptionHandler). */
const exceptions: Record<string, { code: StoreErrorCode; rotate?: true }> = {
  StandbyException: { code: 'unavailable', rotate: true },
  RetriableException: { code: 'unavailable', rotate: true },
  SafeModeException: { code: 'unavailable', rotate: true },
  FileNotFoundException: { code: 'not_found' },
  FileAlreadyExistsException: { code: 'refused' },
  AccessControlException: { code: 'unauthorized' },
  AuthorizationException: { code: 'unauthorized' },
  AuthenticationException: { code: 'unauthorized' },
  SecurityException: { code: 'unauthorized' },
  InvalidToken: { code: 'unauthorized' },
  IllegalArgumentException: { code: 'invalid' },
  InvalidPathException: { code: 'invalid' },
  UnsupportedOperationException: { code: 'invalid' },
  ParentNotDirectoryException: { code: 'invalid' },
  DSQuotaExceededException: { code: 'no_room' },
  NSQuotaExceededException: { code: 'no_room' },
  QuotaByStorageTypeExceededException: { code: 'no_room' },
}

const remoteExceptionSchema = z.object({
  RemoteException: z.object({ exception: z.string(), message: z.string().nullish() }),
})

/** The `RemoteException` of a body, wherever it stands; undefined if there is none. */
export function remoteExceptionOf(body: Buffer): { exception: string; message: string } | undefined {
  try {
    const { RemoteException } = remoteExceptionSchema.parse(JSON.parse(body.toString()))
    return { exception: RemoteException.exception, message: RemoteException.message?.split('\n')[0] ?? '' }
  } catch {
    // HTML of a proxy, an empty body, or a body without an exception: the status must do.
    return undefined
  }
}

/** What a refusal means: by its exception, else by its status. What is not known passes. */
export function outcomeOf(status: number, body: Buffer, headers: IncomingHttpHeaders = {}): Outcome {
  if (status === 401 && /negotiate/i.test(headers['www-authenticate'] ?? '')) {
    return { code: 'unauthorized', rotate: false, reason: 'the server asks for Kerberos, which is not supported' }
  }
  const remote = remoteExceptionOf(body)
  if (remote) {
    const known = exceptions[remote.exception]
    const reason = `${remote.exception}: ${remote.message}`
    return { code: known?.code ?? 'unavailable', rotate: known?.rotate ?? false, reason }
  }
  const code =
    status === 401 || status === 403
      ? 'unauthorized'
      : status === 400 || status === 404 || status === 405
        ? 'invalid'
        : 'unavailable'
  return { code, rotate: status === 502 || status === 503, reason: `HTTP ${status}` }
}

/** A server answered, and did not do it. */
export class Refused extends StoreError {
  /** Another server may do it: ask the next one. */
  readonly rotate: boolean

  constructor(operation: string, { code, rotate, reason }: Outcome) {
    super(code, `${operation}: ${reason}`)
    this.rotate = rotate
  }
}
