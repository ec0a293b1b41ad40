import type { StoppedGroup } from '../../../topic/stopped-group.ts'
import type { LandingStore } from '../store.ts'
import type { ReloadPlan } from './plan.ts'

export interface ReloadOptions {
  store: LandingStore
  group: StoppedGroup
  partition: number
  /** A new name: files lie in `_replaced/<table>/<name>/` afterwards. */
  name: string
  /** Told after each file, with where it lies now. */
  onMoved?: (path: string, to: string) => void
}

/**
 * Moves the files of a plan out of the table. The group's commit is set first: where no file is left, the writer takes it, and a
 * run that is cut short in between must not leave one that lies beyond. May be repeated under another name.
 * Rejects when a writer runs, before anything is moved, or joined meanwhile, after all is.
 */
export async function reload(plan: ReloadPlan, options: ReloadOptions): Promise<void> {
  const { store, group, partition, name, onMoved } = options
  await group.requireStopped()
  await group.commit(partition, { next: plan.next, metadata: plan.metadata })
  for (const file of plan.move) {
    const to = await store.setAside(file.path, name)
    onMoved?.(file.path, to)
  }
  await group.requireStopped()
}
