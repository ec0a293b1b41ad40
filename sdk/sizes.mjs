// What the SDK weighs: `npm run size`.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import * as esbuild from 'esbuild'

/** What a page may weigh at most, bytes: gzip -9 and brotli 11. */
const gates = [
  { name: 'clicktrail.js', gzip: 2_400, brotli: 2_150 },
  { name: 'init, page, track of the ES module, bundled', gzip: 2_300, brotli: 2_050 },
  { name: 'stub.js', gzip: 200, brotli: 200 },
]

async function weighed(outDir) {
  const imports = await esbuild.build({
    stdin: { contents: "export { init, page, track } from './index.js'", resolveDir: resolve(outDir) },
    bundle: true,
    platform: 'browser',
    target: 'es2020',
    format: 'esm',
    minify: true,
    write: false,
    logLevel: 'warning',
  })
  const read = name => readFileSync(join(outDir, name))
  return [read('clicktrail.js'), imports.outputFiles[0].contents, read('stub.js')]
}

/**
 * Prints what the files of `outDir` weigh, bytes, and the hashes for `integrity="…"`. Answers whether all gates are kept.
 */
export async function printSizes(outDir = 'sdk/dist') {
  let kept = true
  for (const [i, bytes] of (await weighed(outDir)).entries()) {
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
      .update(readFileSync(join(outDir, name)))
      .digest('base64')
    console.log(`${name}: integrity="sha384-${hash}"`)
  }
  return kept
}
