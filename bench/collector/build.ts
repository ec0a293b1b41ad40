import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { build } from 'esbuild'
import type { Generator } from './load.ts'

const here = 'bench/collector'

/** The servers of the bench that run on Node. */
const entries = [`${here}/null-topic.ts`, `${here}/peers/bare.ts`, `${here}/peers/naive.ts`, `${here}/load-in-node.ts`]

/** Bundles the servers of the bench and resolves with their folder, which is where they find the project's packages, not the bench's. */
export async function bundleServers(): Promise<string> {
  const outdir = 'dist/bench-collector'
  rmSync(outdir, { recursive: true, force: true })
  await build({
    entryPoints: entries.filter(existsSync),
    entryNames: '[name]',
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    sourcemap: true,
    logLevel: 'warning',
  })
  return resolve(outdir)
}

/** The go command, of PATH or where its installer puts it; undefined without one. */
export function findGo(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/go/bin']
  return folders.map(folder => join(folder, 'go')).find(existsSync)
}

/** Builds a Go program of the bench, a folder with its go.mod. Throws with what the compiler says. */
export function buildGo(go: string, source: string, name: string): string {
  const folder = resolve('bench/dist/collector')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, name)
  if (!readdirSync(join(here, source)).includes('go.mod')) throw new Error(`${source} has no go.mod`)
  const { status, stderr, error } = spawnSync(go, ['build', '-o', file, '.'], {
    cwd: join(here, source),
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`go build of ${source} failed: ${error?.message ?? stderr}`)
  return file
}

/** The load generator: in Go where there is one, else in Node, which is the slower of the two and may be the bottleneck. */
export function buildGenerator(headers: Generator['headers'], bundles: string, log: (line: string) => void): Generator {
  const go = findGo()
  if (go !== undefined) return { file: buildGo(go, 'load', 'load'), args: [], headers }
  log('no go command: the load comes from Node, and may saturate before the server does. Install Go 1.24 or newer')
  return { file: process.execPath, args: [join(bundles, 'load-in-node.js')], headers }
}
