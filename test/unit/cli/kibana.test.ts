import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, it, test } from 'vitest'
import { runClicktrail } from '../../support/clicktrail.ts'
import { type FakeKibana, startFakeKibana } from '../../support/fake-kibana.ts'

let fake: FakeKibana
beforeEach(async () => {
  fake = await startFakeKibana()
})
afterEach(() => fake.close())

const kibana = (args: string[], env: Record<string, string> = {}) => runClicktrail({ args: ['kibana', ...args], env })

test('kibana import prints a line for each object, and where the dashboard is', async () => {
  const { code, output } = await kibana(['import', '--kibana-url', fake.url], { ELASTICSEARCH_INDEX: 'web' })
  expect(output).toContain('new      dashboard     Clicktrail\n')
  expect(output).toContain(`Open ${fake.url}/app/dashboards#/view/clicktrail\n`)
  expect(code).toBe(0)
  expect(fake.objects.get('/index-pattern/clicktrail-events')?.attributes.title).toBe('web-*')
})

test('kibana import uses the credentials of Elasticsearch, and a space', async () => {
  const env = { ELASTICSEARCH_API_KEY: 'a2V5' }
  const { output } = await kibana(['import', '--kibana-url', fake.url, '--space', 'shop'], env)
  expect(output).toContain(`${fake.url}/s/shop/app/dashboards`)
  expect(fake.requests.at(-1)).toMatchObject({ authorization: 'ApiKey a2V5' })
})

test('kibana objects prints the file that Kibana imports by hand', async () => {
  const { output } = await kibana(['objects'])
  expect(output).toBe(readFileSync(new URL('../../../deploy/kibana/clicktrail.ndjson', import.meta.url), 'utf8'))
})

it.each(['kibana.example', 'ftp://kibana.example', 'http://ada:secret@kibana.example'])(
  'refuses %s, which is no address: 2',
  async url => {
    const { code, output } = await kibana(['import', '--kibana-url', url])
    expect(output).toContain('It must be an address')
    expect(code).toBe(2)
  },
)

it('ends with 1 and the reason when Kibana refuses', async () => {
  fake.version = '8.5.0'
  const { code, output } = await kibana(['import', '--kibana-url', fake.url])
  expect(output).toBe('clicktrail: this is Kibana 8.5.0: the objects are for 8.9.0 and later\n')
  expect(code).toBe(1)
})
