import type { InitOptions } from './api.ts'

/** What `init` was given, over the defaults. No parameter's name can be `#`. */
export const options: Partial<InitOptions> & { endpoint: string } = { endpoint: '/v1/events', query: '#' }
