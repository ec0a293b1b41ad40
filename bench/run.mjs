// Runs a bench: `npm run bench -- --help`.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as esbuild from 'esbuild'
import { buildIfStale } from '../build.mjs'

process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..'))

const benches = readdirSync('bench').filter(name => existsSync(`bench/${name}/main.ts`))

/** Those that compare with npm packages. The collector's peers bring their own way to be built. */
const needPeers = ['sdk', 'delivery']

/** Peers are installed by the benches alone: a checkout doesn't need them. */
function installPeers() {
  const installed = 'bench/node_modules/.package-lock.json'
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync('bench/package-lock.json').mtimeMs) return
  console.error('bench: installing the peers (npm ci --prefix bench)')
  const npm = spawnSync(
    'npm',
    ['ci', '--prefix', 'bench', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      stdio: ['ignore', 2, 2],
    },
  )
  if (npm.status !== 0) throw new Error('the peers could not be installed: see above')
}

const asBuilt = process.argv.includes('--no-build')
const [name, ...args] = process.argv.slice(2).filter(arg => arg !== '--no-build')
if (name === undefined || !benches.includes(name)) {
  const usage = `Usage: npm run bench -- <name> [options]

Benches: ${benches.join(', ')}
Options of a bench: npm run bench -- <name> --help
  --no-build  take what is built, though a source is newer`
  if (name === '--help') console.log(usage)
  else {
    console.error(usage)
    process.exitCode = 2
  }
} else {
  if (!args.includes('--help')) {
    if (needPeers.includes(name)) installPeers()
    if (!asBuilt) await buildIfStale()
  }
  // Beside the peers a bench would take their zod for ours.
  const outfile = `${needPeers.includes(name) ? 'bench/dist' : 'dist/bench'}/${name}.js`
  await esbuild.build({
    entryPoints: [`bench/${name}/main.ts`],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    sourcemap: true,
    logLevel: 'warning',
  })
  process.argv.splice(1, process.argv.length, outfile, ...args)
  await import(`../${outfile}`)
}
