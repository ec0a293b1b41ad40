/** See sizes.mjs. */
export function printSizes(outDir?: string): Promise<boolean>
