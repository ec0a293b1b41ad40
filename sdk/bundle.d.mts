/** See bundle.mjs. */
export function bundleSdk(outDir?: string): Promise<void>
