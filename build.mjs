// Builds what runs: `node build.mjs --help`.
import { existsSync, readdirSync, rmSync, statSync, watch } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import * as esbuild from 'esbuild'
import { bundleSdk } from './sdk/bundle.mjs'
import { printSizes } from './sdk/sizes.mjs'

process.chdir(dirname(fileURLToPath(import.meta.url)))

/** Each entry: where its sources lie and how esbuild turns them into what runs. */
const node = {
  platform: 'node',
  target: 'node20',
  format: 'esm',
  bundle: true,
  packages: 'external',
  sourcemap: true,
  logLevel: 'warning',
}
/** Pieces are named after their content: those of earlier builds go once the new ones are there. */
const removeOldPieces = {
  name: 'remove-old-pieces',
  setup({ onEnd }) {
    onEnd(({ errors, metafile }) => {
      if (errors.length > 0) return
      for (const name of readdirSync('dist')) {
        const path = `dist/${name}`
        if (/^clicktrail-\w+\.js(\.map)?$/.test(name) && !(path in metafile.outputs)) rmSync(path, { force: true })
      }
    })
  },
}
const web = { platform: 'browser', target: 'es2020', bundle: true, minify: true, logLevel: 'warning' }
const targets = [
  {
    ...web,
    entryPoints: ['example-site/color.ts', 'example-site/shop.ts'],
    outdir: 'dist/site',
    format: 'esm',
  },
  { ...web, entryPoints: ['dashboard/page/page.ts'], outdir: 'dist/dashboard', format: 'esm' },
  { ...web, entryPoints: ['collector/privacy/controls/controls.ts'], outfile: 'dist/privacy/controls.js' },
  // In pieces: a command loads what it needs and nothing else.
  {
    ...node,
    entryPoints: ['cli/clicktrail.ts'],
    outdir: 'dist',
    splitting: true,
    chunkNames: 'clicktrail-[hash]',
    metafile: true,
    plugins: [removeOldPieces],
    banner: { js: '#!/usr/bin/env node' },
  },
  { ...node, entryPoints: ['dashboard/sql-worker.ts'], outfile: 'dist/sql-worker.js' },
  { ...node, entryPoints: ['test/stack/stack.ts'], outfile: 'dist/stack.js' },
]

const outputs = [
  'sdk/dist/clicktrail.js',
  'sdk/dist/clicktrail.debug.js',
  'sdk/dist/index.d.ts',
  'dist/clicktrail.js',
  'dist/stack.js',
  'dist/sql-worker.js',
  'dist/dashboard/page.js',
  'dist/privacy/controls.js',
  'dist/site/color.js',
]

function newestOf(path) {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(
    0,
    ...readdirSync(path)
      .filter(name => name !== 'dist' && name !== 'node_modules')
      .map(name => newestOf(join(path, name))),
  )
}

function stale() {
  if (!outputs.every(existsSync)) return true
  const built = Math.min(...outputs.map(path => statSync(path).mtimeMs))
  const sources = [
    'sdk',
    'example-site',
    'dashboard',
    'cli',
    'collector',
    'consumers',
    'topic',
    'report',
    'deploy',
    'test/stack',
    'build.mjs',
    'package-lock.json',
  ]
  return Math.max(...sources.filter(existsSync).map(newestOf)) > built
}

async function build() {
  await bundleSdk()
  await Promise.all(targets.map(target => esbuild.build(target)))
}

/** Builds only when a source is newer than what was built. */
export async function buildIfStale() {
  if (!stale()) return
  await build()
  await esbuild.stop()
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values: flags } = parseArgs({
    options: { watch: { type: 'boolean' }, size: { type: 'boolean' }, help: { type: 'boolean' } },
  })
  if (flags.help) {
    console.log(`Usage: node build.mjs [options]

  --watch  build again whenever a source changes
  --size   print what the SDK weighs and its integrity hash; fails where it is too large
  --help   print this`)
  } else if (flags.watch) {
    await bundleSdk()
    let built = Promise.resolve()
    watch('sdk', (_, name) => {
      if (name?.endsWith('.ts')) built = built.then(() => bundleSdk()).catch(error => console.error(error.message))
    })
    for (const target of targets) await (await esbuild.context({ ...target, logLevel: 'info' })).watch()
  } else {
    await build()
    if (flags.size && !(await printSizes())) process.exitCode = 1
    await esbuild.stop()
  }
}
