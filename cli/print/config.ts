import type { Config } from '../config/config.ts'
import { type Setting, type SettingKey, settings } from '../config/settings.ts'
import type { Sources } from '../config/sources.ts'

/** What stands for a secret wherever it would be printed. */
const redacted = '<redacted>'

/** Where `--help` describes a default instead of naming it, or where more is known than was given. */
const effective: Readonly<Partial<Record<SettingKey, (config: Config) => string>>> = {
  host: config => config.host,
  dataDir: config => config.dataDir,
  flushMaxAgeMs: config => String(config.flush.maxAgeMs),
  hdfsUser: config => config.hdfs.user,
}

/** The effective configuration, a setting a line in columns: name, value, and where the value comes from. Secrets are redacted. */
export function printedConfig(keys: readonly SettingKey[], config: Config, sources: Sources): string {
  const rows = [...new Set(keys)].map(key => rowOf(key, config, sources))
  const widths = [0, 1].map(column => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  const lines = rows.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return `${lines.join('\n')}\n`
}

function rowOf(key: SettingKey, config: Config, sources: Sources): [string, string, string] {
  const { name, fallback, secret }: Setting = settings[key]
  const source = sources.get(key)
  const value = effective[key]?.(config) ?? source?.text ?? fallback
  if (source === undefined) return [name, value ?? '-', fallback === undefined ? 'not set' : 'default']
  const from = { flag: `flag ${source.from}`, environment: 'environment', file: `file ${source.path}` }
  return [name, secret ? redacted : (value ?? '-'), from[source.kind]]
}
