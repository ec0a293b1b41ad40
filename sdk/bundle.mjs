// Bundles what is published: see build.mjs.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import * as esbuild from 'esbuild'
import { minify } from 'terser'

const esbuildOptions = { bundle: true, platform: 'browser', target: 'es2020', logLevel: 'warning', write: false }

/** What is safe for this code and for gzip: each of it was measured. */
const terserOptions = {
  ecma: 2020,
  module: true,
  toplevel: true,
  compress: {
    passes: 5,
    booleans_as_integers: true,
    hoist_funs: true,
    hoist_props: false,
    if_return: false,
    keep_fargs: false,
    lhs_constants: false,
    pure_getters: true,
    unsafe: true,
    unsafe_arrows: true,
    unsafe_comps: true,
    unsafe_methods: true,
  },
}

/** Makes `factory:./x.ts` a function that runs x.ts and all that it imports anew at each call. */
const factories = {
  name: 'factory',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^factory:/ }, ({ path, resolveDir }) => ({
      path: path.slice('factory:'.length),
      namespace: 'factory',
      pluginData: resolveDir,
      sideEffects: false,
    }))
    onLoad({ filter: /.*/, namespace: 'factory' }, async ({ path, pluginData }) => {
      const code = await bundle(
        { entryPoints: [path], absWorkingDir: pluginData, format: 'iife', globalName: 'made' },
        'module',
      )
      return { contents: `export const factory = () => {\n${code}\nreturn made\n}` }
    })
  },
}

async function bundle(options, build) {
  const { outputFiles } = await esbuild.build({
    ...esbuildOptions,
    plugins: [factories],
    define: { CLICKTRAIL_BUILD: JSON.stringify(build) },
    ...options,
  })
  return outputFiles[0].text
}

/** `forBundlers` keeps the marks by which they see what can be left out. */
async function minified(code, forBundlers) {
  return (await minify(code, { ...terserOptions, format: { preserve_annotations: forBundlers } })).code
}

/** Writes clicktrail.js, clicktrail.debug.js, stub.js and index.js into sdk/dist; the same bytes from the same sources. */
export async function bundleSdk() {
  const script = { entryPoints: ['sdk/script.ts'], format: 'iife' }
  const files = {
    'clicktrail.js': await minified(await bundle(script, 'script'), false),
    'clicktrail.debug.js': await bundle(script, 'debug'),
    'stub.js': await minified(await bundle({ entryPoints: ['sdk/stub.ts'], format: 'iife' }, 'script'), false),
    'index.js': await minified(await bundle({ entryPoints: ['sdk/index.ts'], format: 'esm' }, 'module'), true),
  }
  for (const [name, code] of Object.entries(files)) writeFileSync(`sdk/dist/${name}`, code)
}

/** What a page may weigh at most, bytes: gzip −9 and brotli 11. */
const gates = [
  { name: 'clicktrail.js', gzip: 2_400, brotli: 2_150 },
  { name: 'init, page, track of the ES module, bundled', gzip: 2_300, brotli: 2_050 },
  { name: 'stub.js', gzip: 200, brotli: 200 },
]

async function weighed() {
  const imports = await esbuild.build({
    ...esbuildOptions,
    stdin: { contents: "export { init, page, track } from './sdk/dist/index.js'", resolveDir: '.' },
    format: 'esm',
    minify: true,
  })
  return [readFileSync('sdk/dist/clicktrail.js'), imports.outputFiles[0].contents, readFileSync('sdk/dist/stub.js')]
}

/** Prints what the SDK weighs, and the hash for `integrity="…"`. Answers whether all gates are kept. */
export async function printSizes() {
  let kept = true
  for (const [i, bytes] of (await weighed()).entries()) {
    const { name, gzip, brotli } = gates[i]
    const sizes = { gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotliCompressSync(bytes).length }
    const over = sizes.gzip > gzip || sizes.brotli > brotli
    if (over) kept = false
    console.log(
      `${name}: ${bytes.length} B, gzip -9 ${sizes.gzip} of ${gzip} B, brotli 11 ${sizes.brotli} of ${brotli} B${over ? ' — TOO LARGE' : ''}`,
    )
  }
  for (const name of ['clicktrail.js', 'clicktrail.debug.js']) {
    const hash = createHash('sha384')
      .update(readFileSync(`sdk/dist/${name}`))
      .digest('base64')
    console.log(`${name}: integrity="sha384-${hash}"`)
  }
  return kept
}
