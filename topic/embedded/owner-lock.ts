import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { z } from 'zod'
import { TopicError } from '../topic.ts'

const ownerSchema = z.object({
  id: z.string(),
  pid: z.int(),
  host: z.string(),
  /** When the process began, in the kernel's words: tells a recycled pid. Absent where there is no /proc. */
  birth: z.string().optional(),
})
export type Owner = z.infer<typeof ownerSchema>

const heartbeatMs = 5_000
/** A lock of another host (or container) counts as left behind when its file was not touched for so long. */
const staleMs = 4 * heartbeatMs
const heldHere = new Set<string>()

/** What can be known about the process that a lock names. */
export interface OwnerFacts {
  sameHost: boolean
  heldHere: boolean
  alive: boolean
  /** Of the process that has this pid now, if known. */
  birth: string | undefined
  untouchedMs: number
}

/** Whether a lock still stands. Never true for a process that is known to be gone. */
export function lockStands(owner: Owner, facts: OwnerFacts): boolean {
  if (facts.heldHere) return true
  if (!facts.sameHost) return facts.untouchedMs < staleMs
  if (owner.pid === process.pid) return false
  if (!facts.alive) return false
  return owner.birth === undefined || facts.birth === undefined || owner.birth === facts.birth
}

function birthOf(pid: number): string | undefined {
  try {
    // proc(5): the command name may hold spaces and brackets; starttime is field 22, the 20th after it.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19]
  } catch {
    // No /proc on this system, or the process is gone: the pid alone must do.
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // kill(2): EPERM means that it exists and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function readOwner(path: string): Owner | undefined {
  try {
    return ownerSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    // Missing, or not ours to understand: locks are linked into place whole, so this is no half-written one.
    return undefined
  }
}

function untouchedMs(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat ? Date.now() - stat.mtimeMs : Number.POSITIVE_INFINITY
}

/**
 * Takes the lock file at `path` for this process, or throws a {@link TopicError} `storage` that names the holder and the way out.
 * A lock left behind by a killed process is taken over. Returns the release.
 */
export function takeOwnership(path: string, what: string): () => void {
  const birth = birthOf(process.pid)
  const me: Owner = { id: randomUUID(), pid: process.pid, host: hostname(), ...(birth ? { birth } : {}) }
  const staged = `${path}.${me.id}`
  writeFileSync(staged, JSON.stringify(me))
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        linkSync(staged, path)
        break
      } catch (error) {
        const holder = readOwner(path)
        const facts = holder && {
          sameHost: holder.host === me.host,
          heldHere: heldHere.has(holder.id),
          alive: isAlive(holder.pid),
          birth: birthOf(holder.pid),
          untouchedMs: untouchedMs(path),
        }
        if (attempt >= 5 || (holder && facts && lockStands(holder, facts))) {
          throw new TopicError(
            'storage',
            `${what} is in use by process ${holder?.pid ?? '?'} on ${holder?.host ?? '?'}: stop that process, or give this one a data folder of its own. If no such process runs, delete ${path}.`,
            { cause: error },
          )
        }
        removeStale(path, holder, me)
      }
    }
  } finally {
    rmSync(staged, { force: true })
  }
  heldHere.add(me.id)
  const heartbeat = setInterval(() => {
    const now = new Date()
    try {
      if (readOwner(path)?.id === me.id) utimesSync(path, now, now)
    } catch {
      // The disk refuses: whoever writes to it finds out, and says so.
    }
  }, heartbeatMs)
  heartbeat.unref()
  return () => {
    clearInterval(heartbeat)
    heldHere.delete(me.id)
    if (readOwner(path)?.id === me.id) rmSync(path, { force: true })
  }
}

/** Moves the lock aside and looks again: between judging and moving, somebody else may have taken over. */
function removeStale(path: string, judged: Owner | undefined, me: Owner): void {
  const aside = `${path}.${me.id}.stale`
  try {
    renameSync(path, aside)
    if (readOwner(aside)?.id !== judged?.id) linkSync(aside, path)
  } catch {
    // Somebody else moved it first, or holds it again: the next attempt to link tells.
  } finally {
    rmSync(aside, { force: true })
  }
}
