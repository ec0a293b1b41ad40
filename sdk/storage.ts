import { explain } from './explain.ts'
import { guard } from './guard.ts'

/** Texts by key. */
export type Place = Record<string, string>

const memory: Place = {}
const disk = /* @__PURE__ */ guard(() => localStorage as unknown as Place)

/** The keys of all texts that are kept for the pages of this origin, and of those that this page alone could keep. */
export const keys = (): string[] => Object.keys({ ...disk(), ...memory })

/** The text that is kept: where both are, what all pages see is newer than what this page alone could keep. */
export const kept = (key: string): string | undefined => disk()?.[key] ?? memory[key]

/** Keeps a text: for this page alone in sandboxed frames, where storage is blocked, and where there is no room. */
export function keep(key: string, text: string): void {
  drop(key)
  try {
    ;(disk() as Place)[key] = text
  } catch {
    explain('no storage, or no room in it: keeps this as long as the page lasts')
    memory[key] = text
  }
}

/** Removes a text. */
export function drop(key: string): void {
  delete memory[key]
  delete disk()?.[key]
}
