import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { stackDir } from '../../test/stack/folders.ts'

const sample = /^([a-z_][a-z0-9_]*)(\{.*\})? (-?\d[\d.]*(?:e[+-]?\d+)?|[+-]Inf|NaN)$/i

/** The sum of all samples of a metric; undefined where it has none. */
export function sumOf(exposition: string, name: string): number | undefined {
  const values = exposition.split('\n').flatMap(line => {
    const [, found, , value] = sample.exec(line) ?? []
    return found === name ? [Number(value)] : []
  })
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0)
}

/** The program that checks what Prometheus would read, where the stack's tools are built. */
export function findPromtool(): string | undefined {
  const folder = join(stackDir, 'tools')
  const name = existsSync(folder) ? readdirSync(folder).find(one => /^promtool-v[\d.]+$/.test(one)) : undefined
  return name && join(folder, name)
}

/** What is wrong with an answer of `/metrics`; undefined: nothing. Without promtool only that each line is one is looked at. */
export function complaintOf(exposition: string, promtool: string | undefined): string | undefined {
  if (promtool) {
    const { status, stdout, stderr } = spawnSync(promtool, ['check', 'metrics'], {
      input: exposition,
      encoding: 'utf8',
    })
    return status === 0 ? undefined : `promtool ${status}: ${stdout}${stderr}`
  }
  return exposition
    .split('\n')
    .filter(line => line !== '' && !/^# (HELP|TYPE) /.test(line))
    .find(line => !sample.test(line))
}
