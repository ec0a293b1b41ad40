import { StoreError, type StoreErrorCode } from '../store.ts'

const codes: Record<string, StoreErrorCode> = {
  ENOENT: 'not_found',
  ENOSPC: 'no_room',
  EDQUOT: 'no_room',
  EACCES: 'unauthorized',
  EROFS: 'unauthorized',
  EPERM: 'unauthorized',
  ENOTDIR: 'invalid',
  EXDEV: 'invalid',
  ENOTSUP: 'invalid',
}

/** The `code` that Node puts on system errors. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** What a failed file operation means (errno(3)); an unknown one passes. */
export function outcomeOf(operation: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error
  const code = codes[errorCode(error) ?? ''] ?? 'unavailable'
  return new StoreError(code, `${operation}: ${error instanceof Error ? error.message : String(error)}`, {
    cause: error,
  })
}
