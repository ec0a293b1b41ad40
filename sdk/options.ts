import type { InitOptions } from './api.ts'

/** What `init` was given, over the defaults; no site and no endpoint until then. No parameter's name can be `$`. */
export const options: Partial<InitOptions> = { query: '$' }
