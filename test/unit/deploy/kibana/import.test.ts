import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { importObjects } from '../../../../deploy/kibana/import.ts'
import { kibanaObjects } from '../../../../deploy/kibana/objects.ts'
import type { KibanaAccess } from '../../../../deploy/kibana/request.ts'
import { type FakeKibana, startFakeKibana } from '../../../support/fake-kibana.ts'

let kibana: FakeKibana
let lines: string[]
beforeEach(async () => {
  kibana = await startFakeKibana()
  lines = []
})
afterEach(() => kibana.close())

const objects = kibanaObjects()
const load = (access: Partial<KibanaAccess> = {}, startTimeoutMs = 10_000, given = objects) =>
  importObjects(
    given,
    { url: kibana.url, ...access },
    { startTimeoutMs, pollMs: 1, onProgress: line => lines.push(line) },
  )
const starting = { status: 503, body: 'Kibana server is not ready yet' }

it('gives Kibana every object, and says what it does', async () => {
  const imported = await load()
  expect(imported.map(({ type, id }) => `/${type}/${id}`)).toEqual([...kibana.objects.keys()])
  expect(imported).toHaveLength(objects.length)
  expect([...kibana.objects.values()]).toEqual(objects)
  expect(lines).toEqual([
    `Kibana 8.19.21 answers at ${kibana.url}`,
    `sending ${objects.length} objects to the default space`,
  ])
})

it('replaces what is there, and says so', async () => {
  expect((await load()).map(one => one.replaced)).not.toContain(true)
  expect((await load()).map(one => one.replaced)).not.toContain(false)
  expect(kibana.objects.size).toBe(objects.length)
})

it('goes to the space and by the credentials that it is given', async () => {
  await load({ url: `${kibana.url}/`, space: 'web shop', username: 'ada', password: 'secret' })
  expect(kibana.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /s/web%20shop/api/status',
    'POST /s/web%20shop/api/saved_objects/_import?overwrite=true',
  ])
  const basic = `Basic ${Buffer.from('ada:secret').toString('base64')}`
  expect(kibana.requests.map(one => one.authorization)).toEqual([basic, basic])
  await load({ apiKey: 'a2V5', username: 'ada' })
  expect(kibana.requests.at(-1)?.authorization).toBe('ApiKey a2V5')
})

it('waits for a Kibana that is starting', async () => {
  kibana.faults.push(starting, starting)
  expect(await load()).toHaveLength(objects.length)
  expect(lines[0]).toContain('is starting: waiting up to 10 s')
  expect(lines).toHaveLength(3)
})

it('gives up on a Kibana that never starts, in its words', async () => {
  for (let request = 0; request < 500; request++) kibana.faults.push(starting)
  await expect(load({}, 20)).rejects.toThrow(`${kibana.url} is not ready: Kibana server is not ready yet`)
})

describe('it says what to do', () => {
  const started = { status: 200, body: '{"version":{"number":"8.19.0"}}' }
  const message = (text: string) => JSON.stringify({ statusCode: 0, error: 'x', message: text })

  it.each([
    ['unknown', [{ status: 401, body: message('missing authentication') }], {}, /set ELASTICSEARCH_API_KEY, or/],
    [
      'refused',
      [{ status: 401, body: message('wrong') }],
      { apiKey: 'x' },
      /does not take these credentials.*401: wrong/,
    ],
    [
      'not allowed',
      [started, { status: 403, body: message('Forbidden') }],
      { space: 'a' },
      /Management: All" in the space a/,
    ],
    ['at a wrong path', [{ status: 404, body: message('Not Found') }], {}, /server\.basePath/],
    ['too large', [started, { status: 413, body: message('Payload too large') }], {}, /maxImportPayloadBytes/],
    ['sent on', [{ status: 302, headers: { location: '/login' } }], {}, /leads on to \/login/],
    ['at another server', [{ status: 200, body: '<html>' }], {}, /is not Kibana: <html>/],
    ['refused as such', [started, { status: 400, body: message('Bad file') }], {}, /Kibana refused \(400: Bad file\)/],
    ['failed', [started, { status: 500 }], {}, /500: no more was said/],
  ])('when it is %s', async (_, faults, access, says) => {
    kibana.faults.push(...faults)
    await expect(load(access)).rejects.toThrow(says)
  })

  it('when Kibana is too old', async () => {
    kibana.version = '8.5.3'
    await expect(load()).rejects.toThrow('this is Kibana 8.5.3: the objects are for 8.9.0 and later')
    expect(kibana.objects.size).toBe(0)
    kibana.version = '9.1.0'
    expect(await load()).toHaveLength(objects.length)
  })

  it('when nothing is there', async () => {
    const { url } = kibana
    await kibana.close()
    await expect(load({ url })).rejects.toThrow(`--kibana-url is ${url}: does Kibana answer there?`)
  })

  it('when single objects are refused, naming each', async () => {
    await expect(load({}, 10_000, objects.slice(1))).rejects.toThrow(
      /took \d+ of \d+ objects:\n {2}search clicktrail-latest: missing references\n/,
    )
  })
})
