import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

// Beneath the checkout, where the bundles find its packages.
const root = join(import.meta.dirname, '../..')
const outdir = mkdtempSync(join(root, 'node_modules', '.clicktrail-fuzz-'))
process.on('exit', () => rmSync(outdir, { recursive: true, force: true }))
await build({
  absWorkingDir: root,
  entryPoints: ['test/fuzz/main.ts', 'test/fuzz/collector-process.ts'],
  outdir,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
})
const child = spawn(process.execPath, [join(outdir, 'main.mjs'), ...process.argv.slice(2)], { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', code => process.exit(code ?? 1))
