import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { build, type Plugin } from 'esbuild'

/** What a module imports while it runs is a chunk of its own in a website's build: not in the script, nor in its size. */
const chunksApart: Plugin = {
  name: 'chunks-apart',
  setup: ({ onResolve }) =>
    onResolve({ filter: /./ }, ({ kind, path }) => (kind === 'dynamic-import' ? { path, external: true } : undefined)),
}

/** Minified script (es2020, IIFE) of a module's source text. Imports resolve from bench/; the working directory is the checkout's root. */
export async function bundleScript(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: resolve('bench'), sourcefile: 'peer.js' },
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2020',
    platform: 'browser',
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [chunksApart],
    legalComments: 'none',
    logLevel: 'error',
  })
  const [script] = outputFiles
  if (!script) throw new Error('esbuild gave no output')
  return script.text
}

/** The version that stands in bench/package.json for `name`. Throws for a package that is no peer. */
export function pinnedVersion(name: string): string {
  const version = dependencies.get(name)
  if (version === undefined) throw new Error(`${name} is not in bench/package.json`)
  return version
}

const dependencies = new Map<string, string>(
  Object.entries(JSON.parse(await readFile(resolve('bench/package.json'), 'utf8')).dependencies),
)
