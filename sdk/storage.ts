import { guard } from './guard.ts'

/** Texts by key. */
export type Place = Record<string, string>

/** Texts of this page alone. */
export const memory: Place = {}

/** Texts of all pages of this origin; of this page alone in sandboxed frames and where storage is blocked. */
export const shared = (): Place => guard(() => localStorage as unknown as Place)() || memory
