import type { InitOptions } from './api.ts'

/** What `init` was given, over the defaults; no site and no endpoint until then. No parameter's name can be `$`. */
export const options: Partial<InitOptions> = { query: '$' }

/** The tracker waits for `init`, or for the consent that it asks for. */
export let idle = true

/** The tracker waits for nothing more. */
export function begin(): void {
  idle = false
}
