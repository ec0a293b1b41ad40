/** The build wraps a module with all that it imports into a function, so that each call has a state of its own. */
declare module 'factory:*' {
  import type { Tracker } from './api.ts'

  export const factory: () => Tracker
}
