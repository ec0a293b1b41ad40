import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ConfigError, loadConfigFrom } from '../../../cli/config/config.ts'
import { runReload } from '../../../cli/run-reload.ts'
import { runClicktrail, spawnClicktrail } from '../../support/clicktrail.ts'
import { type FakeElasticsearch, type Fault, startFakeElasticsearch } from '../../support/fake-elasticsearch.ts'
import { type LandedFolder, landedFolder } from '../../support/landed-files.ts'
import { until } from '../../support/until.ts'

// Each test starts the command, which takes seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let fake: FakeElasticsearch
let folder: LandedFolder

beforeEach(async () => {
  fake = await startFakeElasticsearch()
  folder = await landedFolder()
  for (const hr of ['02', '03', '04']) await folder.land([{}, {}, {}, {}], { hr })
})
afterEach(async () => {
  await fake.close()
  await folder.remove()
})

const spawned = (args: readonly string[], env: Record<string, string> = { ELASTICSEARCH_URL: fake.url }) => ({
  args: ['reload', '--sink', 'elasticsearch', '--from-files', ...args],
  env: { ...env, CLICKTRAIL_DATA_DIR: dirname(folder.dir) },
})
const reload = (...args: string[]) => runClicktrail(spawned(args))

test('prints which files it would read, and changes nothing without --yes', async () => {
  const { code, output } = await reload('--since', '2026-11-21T03:00Z')
  expect(output).toContain('2 hours from 2026-11-21T03 to 2026-11-21T04 (UTC), 2 files, ')
  expect(output).toContain('Nothing was changed: run this again with --yes')
  expect(code).toBe(0)
  expect(fake.documents.size).toBe(0)
})

test('names what Elasticsearch refuses, and ends with 1', async () => {
  fake.itemFault = ({ _source }) =>
    JSON.stringify(_source).includes('"offset":6}') ? { status: 400, type: 'document_parsing_exception' } : undefined
  const { code, output } = await reload('--yes')
  expect(output).toMatch(/^not there: dt=2026-11-21\/hr=03\/events-p00-0+4\.json\.gz:3 event \S+-7: mapping: 400 /m)
  expect(output).toContain('11 created, 0 there already, 0 copies of an event that is there, 1 refused')
  expect(output).toContain('"clicktrail dlq list"')
  expect(output).not.toContain('Nothing is missing')
  expect(code).toBe(1)
})

/** One bulk an hour: the first is well, the next gets this. */
function failSecondBulk(fault: Fault): void {
  fake.templates = true
  fake.faults.push(() => undefined, fault)
}

test('is repeated after it was killed in the middle, and asks no topic', async () => {
  failSecondBulk(() => 'hang')
  const running = spawnClicktrail(spawned(['--yes']))
  await until(() => fake.requests.length === 2, { what: 'the second bulk' })
  await running.stop('SIGKILL')
  expect(fake.documents.size).toBe(4)
  const { code, output } = await reload('--yes')
  expect(output).toContain(
    '12 rows of 3 hours: 8 created, 4 there already, 0 copies of an event that is there, 0 refused',
  )
  expect(output).toContain('Nothing is missing')
  expect(code).toBe(0)
  expect(fake.documents.size).toBe(12)
  expect(existsSync(`${dirname(folder.dir)}/topic`)).toBe(false)
})

test('says which hour to go on with where Elasticsearch refuses the client', async () => {
  failSecondBulk(() => ({
    status: 401,
    body: { error: { type: 'security_exception', reason: 'the key has expired' } },
  }))
  const { code, output } = await reload('--yes')
  expect(output).toContain(
    'All before 2026-11-21T03:00Z is done: the same with --since 2026-11-21T03:00Z goes on there',
  )
  expect(code).toBe(1)
  const again = await reload('--since', '2026-11-21T03:00Z', '--until', '2026-11-21T04:00Z', '--yes')
  expect(again.output).toContain('4 rows of 1 hour: 4 created, 0 there already')
})

test.each<[string, Readonly<Record<string, unknown>>, string]>([
  ['--until without --from-files', { sink: 'elasticsearch', from: 0, until: 0 }, '--until is only for'],
  ['files as their own source', { sink: 'hdfs', fromFiles: true, partition: 0, from: 0 }, '--from-files is only'],
  ['no Elasticsearch', { sink: 'elasticsearch', fromFiles: true }, 'needs ELASTICSEARCH_URL'],
])('%s is wrong usage', async (_, flags, says) => {
  const { config } = loadConfigFrom({ command: 'reload', env: {}, flags: {} })
  const refused = runReload(config, flags)
  await expect(refused).rejects.toThrow(ConfigError)
  await expect(refused).rejects.toThrow(says)
})
