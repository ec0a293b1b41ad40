import { readText } from './files.ts'
import { nearest } from './nearest.ts'
import { flagOf, type Setting, type SettingKey, settings } from './settings.ts'

/** Where a setting was given. */
export interface Source {
  text: string
  /** The flag or the variable. */
  from: string
  kind: 'flag' | 'environment' | 'file'
  /** The file's path, where it came from one. */
  path?: string
}

export type Sources = ReadonlyMap<SettingKey, Source>

export interface Told {
  env: Readonly<Record<string, string | undefined>>
  /** Flags by setting; they win over the environment. */
  flags?: Readonly<Partial<Record<SettingKey, string>>>
}

const all: [string, Setting][] = Object.entries(settings)
const names = new Set(all.map(([, { name }]) => name))
const secretFiles = new Set(all.flatMap(([, { name, secret }]) => (secret ? [`${name}_FILE`] : [])))
const bareName = (name: string) => name.replace(/^CLICKTRAIL_/, '')
const byBareName = new Map([...names, ...secretFiles].map(name => [bareName(name), name]))

/** Kubernetes injects `<SERVICE>_SERVICE_HOST`, `<SERVICE>_PORT_8080_TCP` and the like for each service of the namespace. */
const injectedName = /_SERVICE_|_PORT_\d+_|_SERVICE$/
const injectedValue = /^(tcp|udp|sctp):\/\//

/** The text of every setting that is given, with problems of names, empty values and files added to `problems`. */
export function readSources({ env, flags = {} }: Told, problems: string[]): Sources {
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) continue
    const problem = nameProblem(name, value)
    if (problem !== undefined) problems.push(problem)
  }
  const sources = new Map<SettingKey, Source>()
  for (const key of Object.keys(settings) as SettingKey[]) {
    const source = sourceOf(settings[key], flags[key], env, problems)
    if (source === undefined) continue
    if (source.text.trim() !== '') sources.set(key, source)
    else if (source.kind !== 'file') problems.push(`${source.from} is empty: give it a value, or leave it out`)
  }
  return sources
}

function sourceOf(
  setting: Setting,
  flag: string | undefined,
  env: Told['env'],
  problems: string[],
): Source | undefined {
  if (flag !== undefined) return { text: flag, from: flagOf(setting), kind: 'flag' }
  const { name } = setting
  const value = env[name]
  const fileName = `${name}_FILE`
  const path = setting.secret ? env[fileName] : undefined
  if (value !== undefined) {
    if (path !== undefined) problems.push(`${name} and ${fileName} are both set: keep one`)
    return { text: value, from: name, kind: 'environment' }
  }
  if (path === undefined) return undefined
  if (path.trim() === '') return { text: path, from: fileName, kind: 'environment' }
  return { text: readText(path, fileName, problems), from: fileName, kind: 'file', path }
}

/** Why a variable of the environment can't be meant, if it looks like one of ours. */
function nameProblem(name: string, value: string): string | undefined {
  if (names.has(name) || secretFiles.has(name)) return undefined
  const withoutFile = name.replace(/_FILE$/, '')
  if (withoutFile !== name && names.has(withoutFile)) {
    return `${name} is not read, as ${withoutFile} is no secret: set ${withoutFile} itself`
  }
  if (!/^CLICKTRAIL_/i.test(name)) return undefined
  if (injectedName.test(name) || injectedValue.test(value)) return undefined
  // The prefix, which is right, would let any two short names look alike.
  const meant = byBareName.get(nearest(bareName(name.toUpperCase()), byBareName.keys()) ?? '')
  const hint = meant === undefined ? '"clicktrail start --help" lists them all' : `did you mean ${meant}?`
  return `${name} is not a setting of Clicktrail: ${hint}`
}
