import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const source = (path: string) => fileURLToPath(new URL(`../../../dashboard/${path}`, import.meta.url))
// Below node_modules, so that what the worker imports is found from there.
const target = fileURLToPath(new URL(`../../../node_modules/.cache/dashboard-test-${process.pid}`, import.meta.url))

/** Builds worker and page as build.mjs does, from the sources as they are now. */
export async function builtDashboard(): Promise<{ sqlWorker: string; pageDir: string }> {
  await mkdir(target, { recursive: true })
  const sqlWorker = `${target}/sql-worker.mjs`
  const shared = { bundle: true, format: 'esm', logLevel: 'silent' } as const
  await build({
    ...shared,
    entryPoints: [source('sql-worker.ts')],
    platform: 'node',
    target: 'node20',
    packages: 'external',
    outfile: sqlWorker,
  })
  await build({
    ...shared,
    entryPoints: [source('page/page.ts')],
    platform: 'browser',
    target: 'es2020',
    outdir: target,
  })
  return { sqlWorker, pageDir: target }
}
