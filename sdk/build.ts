declare const CLICKTRAIL_BUILD: Build | undefined

/** `script` is clicktrail.js, `debug` is clicktrail.debug.js, `module` is the ES module. */
export type Build = 'script' | 'module' | 'debug'

/** Which of the bundles this is; each leaves out what belongs to the others. */
export const build: Build = typeof CLICKTRAIL_BUILD === 'undefined' ? 'module' : CLICKTRAIL_BUILD
