import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { loadConfig } from '../../../../cli/config/config.ts'

const file = join(mkdtempSync(join(tmpdir(), 'sites-')), 'sites.json')
const load = () => loadConfig({ command: 'start', env: { CLICKTRAIL_SITES_FILE: file, CLICKTRAIL_RATE_LIMIT: '20' } })

it('reads the sites that a file lists, and the rate', () => {
  writeFileSync(file, '{"sites":{"shop":{"origins":["https://shop.example"]},"blog":{}}}')
  expect(load()).toMatchObject({ rateLimit: 20 })
  expect([...(load().sites ?? [])]).toEqual([
    ['shop', ['https://shop.example']],
    ['blog', undefined],
  ])
})

it('refuses a list with the setting, the file and the place in it', () => {
  writeFileSync(file, '{"sites":{"shop":{"origins":["shop.example"]}}}')
  expect(load).toThrow(
    `CLICKTRAIL_SITES_FILE names ${file}, where sites.shop.origins[0] the origin "shop.example" can't be read: write https://host, *.domain, null or *`,
  )
})

it.each([
  ['CLICKTRAIL_SITES_FILE', '/nowhere.json', "can't be read"],
  ['CLICKTRAIL_RATE_LIMIT', '-1', 'must be a whole number from 0 to 10000'],
  ['CLICKTRAIL_RATE_LIMIT', '10001', 'must be a whole number from 0 to 10000'],
])('refuses %s=%s', (name, value, message) => {
  expect(() => loadConfig({ command: 'start', env: { [name]: value } })).toThrow(message)
})
