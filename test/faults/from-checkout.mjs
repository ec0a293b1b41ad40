import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { buildIfStale } from '../../build.mjs'

// Real writers run what is built.
if (process.argv.includes('--real')) await buildIfStale()

// Beneath the checkout, where the bundle finds its packages.
const root = join(import.meta.dirname, '../..')
const outdir = mkdtempSync(join(root, 'node_modules', '.clicktrail-faults-'))
process.on('exit', () => rmSync(outdir, { recursive: true, force: true }))
await build({
  absWorkingDir: root,
  entryPoints: ['test/faults/main.ts', 'test/faults/real/mortal-writer.ts'],
  entryNames: '[name]',
  outdir,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'warning',
})
const args = ['--enable-source-maps', join(outdir, 'main.mjs'), ...process.argv.slice(2)]
const child = spawn(process.execPath, args, { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', code => process.exit(code ?? 1))
