import { factory } from 'factory:./tracker.ts'
import type { EventMap, Tracker } from './api.ts'

/**
 * A tracker of its own beside the page's one, for another site or collector. It does nothing before its `init`. All
 * trackers of an origin share the visitor's choice.
 */
export const createTracker: <Events extends EventMap<Events> = EventMap>() => Tracker<Events> = factory
