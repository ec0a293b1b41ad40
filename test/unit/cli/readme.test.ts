import { readFileSync } from 'node:fs'
import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { type Setting, settings } from '../../../cli/settings.ts'
import { createMetrics } from '../../../collector/admin/metrics.ts'
import { createConsumerMetrics } from '../../../consumers/metrics.ts'

const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')

test.each(Object.values(settings).map((setting: Setting) => setting.name))(
  'README has %s in its configuration table',
  name => {
    expect(readme).toContain(`\`${name}\``)
  },
)

test('README has every setting with the default and the meaning that --help shows', () => {
  for (const { name, fallback = '', help } of Object.values(settings) as Setting[]) {
    expect(readme).toContain(`| \`${name}\` | ${fallback} | ${help} |`)
  }
})

test('README names no metric that there is not: docs/metrics.md has them all', async () => {
  const shown = [...readme.matchAll(/^\| `(clicktrail_[a-z_]+)` \| (\w+)/gm)].map(([, name, type]) => `${name} ${type}`)
  const registry = new Registry()
  createConsumerMetrics(registry)
  const text = await createMetrics({ registry }).text()
  const there = [...text.matchAll(/^# TYPE (clicktrail_[a-z_]+) (\w+)$/gm)].map(([, name, type]) => `${name} ${type}`)
  expect(there).toEqual(expect.arrayContaining(shown))
})
