// Bundles what is published: see build.mjs.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as esbuild from 'esbuild'
import { minify } from 'terser'
import { declarations } from './declarations.mjs'

const esbuildOptions = {
  bundle: true,
  platform: 'browser',
  target: 'es2020',
  logLevel: 'warning',
  write: false,
  minifySyntax: true,
}

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

/**
 * Writes what is published into `outDir`: clicktrail.js, clicktrail.debug.js, stub.js, index.js and the declarations that
 * they need; the same bytes from the same sources. Whatever else lies there is removed. The checkout is the working
 * directory.
 */
export async function bundleSdk(outDir = 'sdk/dist') {
  const script = { entryPoints: ['sdk/script.ts'], format: 'iife' }
  const files = {
    'clicktrail.js': await minified(await bundle(script, 'script'), false),
    'clicktrail.debug.js': await bundle(script, 'debug'),
    'stub.js': await minified(await bundle({ entryPoints: ['sdk/stub.ts'], format: 'iife' }, 'script'), false),
    'index.js': await minified(await bundle({ entryPoints: ['sdk/index.ts'], format: 'esm' }, 'module'), true),
    ...declarations(['index.d.ts', 'script.d.ts']),
  }
  mkdirSync(outDir, { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(outDir, name), text)
  for (const name of readdirSync(outDir)) if (!(name in files)) rmSync(join(outDir, name), { recursive: true })
}
