import { explain } from './explain.ts'
import { guard } from './guard.ts'

/** Texts by key. */
export type Place = Record<string, string>

const memory: Place = {}
let full = false

/**
 * The texts that are kept for all pages of this origin: for this page alone in sandboxed frames, where storage is blocked,
 * and once there was no room.
 */
export const kept = (): Place => (!full && guard(() => localStorage as unknown as Place)()) || memory

/** Keeps a text. */
export function keep(key: string, text: string): void {
  try {
    kept()[key] = text
  } catch {
    explain('the storage of this origin is full: what is kept from now on lasts as long as this page')
    full = true
    memory[key] = text
  }
}

/** Removes a text. */
export function drop(key: string): void {
  delete kept()[key]
}

/** There may be room again. */
export function freed(): void {
  full = false
}
