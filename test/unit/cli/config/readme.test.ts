import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Setting, settings } from '../../../../cli/config/settings.ts'

const readme = readFileSync(new URL('../../../../README.md', import.meta.url), 'utf8')

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
