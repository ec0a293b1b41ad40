// The types of what is published: see bundle.mjs.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const importing = /(["']\.\/[\w-]+)\.ts(["'])/g

/**
 * The declarations of the SDK that `entries` need, by file name. They import each other as .js, which every TypeScript
 * since 4.7 resolves. Throws where the sources don't compile, after what the compiler says about it.
 */
export function declarations(entries) {
  const folder = mkdtempSync(join(tmpdir(), 'clicktrail-types-'))
  try {
    const flags = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--outDir', folder]
    const compiled = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'sdk', ...flags], {
      stdio: 'inherit',
    })
    if (compiled.status !== 0) throw new Error('the types of the SDK could not be built: see above')
    const files = {}
    const wanted = [...entries]
    for (const name of wanted) {
      const text = readFileSync(join(folder, name), 'utf8')
      files[name] = text.replace(importing, '$1.js$2')
      for (const [, path] of text.matchAll(importing)) {
        const needed = `${path.slice(3)}.d.ts`
        if (!wanted.includes(needed)) wanted.push(needed)
      }
    }
    return files
  } finally {
    rmSync(folder, { recursive: true })
  }
}
