import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

/** Bundles a script of test/fixtures so that a child process can run it; the folder is beneath the checkout, where it finds its packages. */
export async function bundleFixture(name: string): Promise<{ script: string; remove(): void }> {
  const dir = mkdtempSync(join(process.cwd(), 'node_modules', '.clicktrail-'))
  const script = join(dir, `${name}.mjs`)
  const entryPoints = [`test/fixtures/${name}.ts`]
  await build({ entryPoints, outfile: script, bundle: true, platform: 'node', format: 'esm', packages: 'external' })
  return { script, remove: () => rmSync(dir, { recursive: true, force: true }) }
}
