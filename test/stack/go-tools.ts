import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { z } from 'zod'
import { logFile, stackDir } from './folders.ts'
import { run } from './run.ts'

interface Tool {
  module: string
  version: string
  tags: string
  /** A file that the program embeds and its module doesn't hold: it becomes an empty one. */
  embeds?: string
}

// without the service discoveries of every cloud: half the build
const prometheus = { module: 'github.com/prometheus/prometheus', version: 'v0.312.0', tags: 'remove_all_sd' }
const alertmanager = { module: 'github.com/prometheus/alertmanager', version: 'v0.34.2', tags: '' }

/** Programs that come from the Go module proxy only, and are built here. The servers have no pages for a browser. */
const tools = {
  promtool: prometheus,
  amtool: alertmanager,
  prometheus,
  alertmanager: { ...alertmanager, embeds: 'ui/app/dist/index.html' },
} satisfies Record<string, Tool>

const downloaded = z.object({ Dir: z.string() })

/**
 * The path of the program, built on its first use from its module's own folder, with the versions that it was released with. That takes some
 * minutes once; afterwards it lies under `.stack/tools`. Throws an error that says what is missing or what the compiler said.
 */
export async function goTool(name: keyof typeof tools, progress: (line: string) => void): Promise<string> {
  const tool: Tool = tools[name]
  const { module, version, tags } = tool
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
  const copy = tool.embeds ? copyWith(tool.embeds, data.Dir) : undefined
  // the module's go.work names folders that a module doesn't hold
  const build = ['build', '-C', copy ?? data.Dir, '-buildvcs=false', '-tags', tags, '-o', partial, `./cmd/${name}`]
  try {
    await run('/usr/bin/env', ['GOWORK=off', go, ...build], logFile('go'))
  } finally {
    if (copy) rmSync(dirname(copy), { recursive: true })
  }
  renameSync(partial, file)
  progress(`${name}: built in ${((Date.now() - begin) / 1_000).toFixed(0)} s`)
  return file
}

/** A copy of a module with an empty file more: Go lets nobody add to a module that it has downloaded, not even by an overlay. */
function copyWith(file: string, module: string): string {
  const copy = join(mkdtempSync(join(tmpdir(), 'clicktrail-go-')), 'module')
  for (const argv of [
    ['cp', '-R', module, copy],
    ['chmod', '-R', 'u+w', copy],
  ]) {
    const { status, stderr } = spawnSync('/usr/bin/env', argv, { encoding: 'utf8' })
    if (status !== 0) throw new Error(`${argv.join(' ')} failed: ${stderr}`)
  }
  mkdirSync(dirname(join(copy, file)), { recursive: true })
  writeFileSync(join(copy, file), '')
  return copy
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
  throw new Error(
    'Go 1.25 or newer is needed to build what comes from Prometheus: see https://go.dev/dl, or brew install go.',
  )
}
