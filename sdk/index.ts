import { createTracker } from './tracker.ts'

export type { InitOptions, RecentEvent, Status, Tracker } from './api.ts'
export type { PropertyValue } from './event.ts'

/** The page's one tracker; see {@link Tracker} for what each call guarantees. */
export const { init, page, track, identify, optOut, optIn, status } = createTracker()
