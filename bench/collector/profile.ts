import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

const profileSchema = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({
        functionName: z.string(),
        url: z.string(),
        lineNumber: z.number(),
        columnNumber: z.number(),
      }),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
})

/** How many functions are listed. */
const listed = 15

/** Flags of a Node that writes a CPU profile when it ends. */
export function profileFlags(folder: string | undefined, name: string): string[] {
  return folder === undefined
    ? []
    : ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-name=${name}.cpuprofile`, '--cpu-prof-interval=500']
}

/** Writes `<name>.txt` beside the profile: the functions with the most time of their own, in % of the time that wasn't idle. */
export function writeHotSpots(folder: string, name: string, log: (line: string) => void): void {
  const file = join(folder, `${name}.cpuprofile`)
  if (!existsSync(file)) {
    log(`${name}: no profile was written`)
    return
  }
  const lines = hotSpots(profileSchema.parse(JSON.parse(readFileSync(file, 'utf8'))))
  writeFileSync(join(folder, `${name}.txt`), `${lines.join('\n')}\n`)
  for (const line of lines) log(line)
}

type Profile = z.infer<typeof profileSchema>
type Frame = Profile['nodes'][number]['callFrame']

function hotSpots({ nodes, samples, timeDeltas }: Profile): string[] {
  const placeOf = createPlaceOf()
  const places = new Map(nodes.map(({ id, callFrame }) => [id, placeOf(callFrame)]))
  const selfUs = new Map<string, number>()
  let busyUs = 0
  samples.forEach((id, i) => {
    const place = places.get(id)
    const spentUs = timeDeltas[i] ?? 0
    if (place === undefined || place === '(idle)') return
    busyUs += spentUs
    selfUs.set(place, (selfUs.get(place) ?? 0) + spentUs)
  })
  const top = [...selfUs].toSorted((a, b) => b[1] - a[1]).slice(0, listed)
  return top.map(([place, us]) => `${((us / busyUs) * 100).toFixed(1).padStart(5)} %  ${place}`)
}

/** Names a frame by its function and the line of its source, through the bundle's source map. */
function createPlaceOf(): (frame: Frame) => string {
  const maps = new Map<string, SourceMap | undefined>()
  function mapOf(url: string): SourceMap | undefined {
    if (!maps.has(url)) {
      const file = url.startsWith('file:') ? `${fileURLToPath(url)}.map` : ''
      const found = existsSync(file) && !url.includes('/node_modules/')
      maps.set(url, found ? new SourceMap(JSON.parse(readFileSync(file, 'utf8'))) : undefined)
    }
    return maps.get(url)
  }
  return ({ functionName, url, lineNumber, columnNumber }) => {
    if (functionName === '(program)') return 'C++ and the kernel'
    const name = functionName || '(anonymous)'
    if (url === '') return name
    const entry = mapOf(url)?.findEntry(lineNumber, columnNumber)
    return entry !== undefined && 'originalSource' in entry
      ? `${name}  ${basename(entry.originalSource)}:${entry.originalLine + 1}`
      : `${name}  ${basename(url)}:${lineNumber + 1}`
  }
}
