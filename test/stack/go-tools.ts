import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { z } from 'zod'
import { logFile, stackDir } from './folders.ts'
import { run } from './run.ts'

/** Programs that come from the Go module proxy only, and are built here. */
const tools = {
  promtool: {
    module: 'github.com/prometheus/prometheus',
    version: 'v0.312.0',
    // without the service discoveries of every cloud: half the build
    tags: 'remove_all_sd',
  },
  amtool: { module: 'github.com/prometheus/alertmanager', version: 'v0.34.2', tags: '' },
} as const

const downloaded = z.object({ Dir: z.string() })

/**
 * The path of the program, built on its first use from its module's own folder, with the versions that it was released with. That takes some
 * minutes once; afterwards it lies under `.stack/tools`. Throws an error that says what is missing or what the compiler said.
 */
export async function goTool(name: keyof typeof tools, progress: (line: string) => void): Promise<string> {
  const { module, version, tags } = tools[name]
  const file = join(stackDir, 'tools', `${name}-${version}`)
  if (existsSync(file)) return file
  const begin = Date.now()
  progress(`${name}: building ${module}@${version}…`)
  const go = findGo()
  const { stdout, stderr } = spawnSync(go, ['mod', 'download', '-json', `${module}@${version}`], { encoding: 'utf8' })
  const { data } = downloaded.safeParse(parsed(stdout))
  if (!data) throw new Error(`go mod download ${module}@${version} failed: ${stderr}${stdout}`)
  mkdirSync(join(stackDir, 'tools'), { recursive: true })
  const partial = `${file}.${process.pid}`
  // the module's go.work names folders that a module doesn't hold
  const build = ['build', '-C', data.Dir, '-buildvcs=false', '-tags', tags, '-o', partial, `./cmd/${name}`]
  await run('/usr/bin/env', ['GOWORK=off', go, ...build], logFile('go'))
  renameSync(partial, file)
  progress(`${name}: built in ${((Date.now() - begin) / 1_000).toFixed(0)} s`)
  return file
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The go command, of PATH or where its installer puts it. Throws an error that says how to install it. */
function findGo(): string {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/go/bin']
  const go = folders.map(folder => join(folder, 'go')).find(existsSync)
  if (go) return go
  throw new Error('Go 1.25 or newer is needed to build promtool and amtool: see https://go.dev/dl, or brew install go.')
}
