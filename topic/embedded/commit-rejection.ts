/**
 * When a commit fails (a full disk), lmdb 3.5 rejects the transaction's own promise, which is awaited here, and beside it
 * two promises that nobody can get hold of (`rejectCommit` in its write.js): Node would end the process over them. The
 * failure itself is answered by whoever waits for the append.
 */
let watching = false

/** Lets the process live when lmdb rejects promises that it has given to nobody; every other unhandled rejection stays fatal. */
export function outliveFailedCommits(): void {
  if (watching) return
  watching = true
  process.on('unhandledRejection', reason => {
    if (!isFailedCommit(reason)) throw reason
  })
}

/** Whether lmdb says that a commit failed: by its own words, or as the error that the operating system gave (MDB and errno codes are numbers). */
export function isFailedCommit(reason: unknown): boolean {
  if (!(reason instanceof Error)) return false
  if ('commitError' in reason) return true
  return 'code' in reason && typeof reason.code === 'number' && /\blmdb\b/.test(reason.stack ?? '')
}
