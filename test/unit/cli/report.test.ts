import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { ConfigError } from '../../../cli/config/config.ts'
import { usageExitsTwo } from '../../../cli/options/usage.ts'
import { report } from '../../../cli/report.ts'
import { createLocalStore } from '../../../consumers/hdfs/local/store.ts'
import { landAll, sinkInto } from '../../support/landed-table.ts'
import { reportLog, reportOfLog } from '../../support/report-log.ts'

const data = mkdtempSync(join(tmpdir(), 'clicktrail-report-cli-'))
const secret = 'https://hooks.slack.example/services/T0/B0/s3cr3t'
const posted: unknown[] = []
let answer = new HttpResponse('ok')
const slack = setupServer(
  http.post(secret, async ({ request }) => {
    posted.push(await request.json())
    return answer
  }),
)
let written = ''

beforeAll(async () => {
  slack.listen({ onUnhandledRequest: 'error' })
  await landAll(sinkInto(createLocalStore({ dir: join(data, 'events') })), reportLog)
})
afterAll(() => {
  slack.close()
  rmSync(data, { recursive: true, force: true })
})
beforeEach(() => {
  written = ''
  posted.length = 0
  answer = new HttpResponse('ok')
  for (const name of Object.keys(process.env))
    if (/^(CLICKTRAIL|ELASTICSEARCH|HDFS|KAFKA)_/.test(name)) vi.stubEnv(name, undefined)
  vi.stubEnv('CLICKTRAIL_DATA_DIR', data)
  const keep = (text: string | Uint8Array) => {
    written += text
    return true
  }
  vi.spyOn(process.stdout, 'write').mockImplementation(keep)
  vi.spyOn(process.stderr, 'write').mockImplementation(keep)
  vi.spyOn(process, 'exit').mockImplementation(code => {
    throw new Error(`exit ${code}`)
  })
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

const at = ['--at', reportOfLog.to]
const run = (...args: string[]) => usageExitsTwo(report()).parseAsync(args, { from: 'user' })

test('prints the ten minutes before a time for people', async () => {
  await run(...at)
  expect(written).toBe(`2026-11-21 12:00:30 to 12:10:30 UTC: 11 events

Colors clicked
  red   2
  7     1
  blue  1

Pages viewed
  /shop      3
  (no page)  1
  /<b>&\`x\`   1

Windows of 5 minutes
                        events  red  7  blue  /shop  (no page)  /<b>&\`x\`
  12:00:30 to 12:05:30       6    1  1     0      1          1         0
  12:01:30 to 12:06:30       5    0  1     1      0          1         0
  12:02:30 to 12:07:30       6    0  1     1      1          0         1
  12:03:30 to 12:08:30       4    0  0     1      1          0         1
  12:04:30 to 12:09:30       4    0  0     1      2          0         1
  12:05:30 to 12:10:30       5    1  0     1      2          0         1

Movers, 12:00:30 to 12:05:30 against 12:05:30 to 12:10:30
  color 7         1  →  0  -1
  color blue      0  →  1  +1
  page (no page)  1  →  0  -1
  page /<b>&\`x\`   0  →  1  +1
  page /shop      1  →  2  +1

Loss
  blog: 11 of 13 missing (84.62 %), 2 arrived
  shop: 1 of 10 missing (10.00 %), 9 arrived; browsers gave up 3
`)
})

test('prints the same as JSON, of as many minutes as are asked for', async () => {
  await run(...at, '--json', '--minutes', '20')
  const { windows, ...whole } = JSON.parse(written)
  expect(whole).toMatchObject({ from: '2026-11-21T11:50:30.250Z', to: reportOfLog.to, events: 13 })
  expect(windows).toHaveLength(16)
  const { from, to, events, colors } = reportOfLog.lastWindow
  expect(windows.at(-1)).toMatchObject({ from, to, events, colors })
})

test('ends at the beginning of a day, or a span ago', async () => {
  await run('--at', '2026-11-22', '--json')
  expect(JSON.parse(written).to).toBe('2026-11-22T00:00:00.000Z')
  written = ''
  await run('--at', '2h', '--json')
  expect(Math.abs(Date.parse(JSON.parse(written).to) - Date.now() + 7_200_000)).toBeLessThan(60_000)
})

test('ends now, where no time is given', async () => {
  await run('--json')
  const { to } = JSON.parse(written)
  expect(Math.abs(Date.parse(to) - Date.now())).toBeLessThan(60_000)
})

test('sends it to the webhook that a file holds, and prints nothing', async () => {
  const file = join(data, 'webhook')
  writeFileSync(file, `${secret}\n`)
  vi.stubEnv('CLICKTRAIL_SLACK_WEBHOOK_URL_FILE', file)
  await run(...at, '--slack')
  expect(posted).toEqual([
    { text: expect.stringMatching(/^```\n2026-11-21[\s\S]*\/&lt;b&gt;&amp;'x'[\s\S]*gave up 3\n```$/) },
  ])
  expect(written).toBe('')
})

test('sends of a long time the windows that have events, and the loss', async () => {
  vi.stubEnv('CLICKTRAIL_SLACK_WEBHOOK_URL', secret)
  await run(...at, '--minutes', '1440', '--slack')
  expect(posted).toEqual([
    {
      text: expect.stringMatching(
        /Windows of 5 minutes, but for 1,4\d\d without events\n[\s\S]* 12:05:30 to 12:10:30 [\s\S]*gave up 3\n```$/,
      ),
    },
  ])
})

test('says what Slack said, and never the address', async () => {
  vi.stubEnv('CLICKTRAIL_SLACK_WEBHOOK_URL', secret)
  answer = new HttpResponse('no_service', { status: 404 })
  const error = await run(...at, '--slack').catch((cause: unknown) => cause)
  expect(String(error)).toBe('SlackError: Slack refused the message: 404 no_service')
  await run('--print-config')
  expect(written).toMatch(/CLICKTRAIL_SLACK_WEBHOOK_URL +<redacted> +environment/)
  expect(written).not.toContain('s3cr3t')
})

test.each(['ftp://slack.example/s3cr3t', 'hooks.slack.example/s3cr3t', 'https://user:s3cr3t@slack.example/'])(
  'refuses the webhook %s without repeating it',
  async address => {
    vi.stubEnv('CLICKTRAIL_SLACK_WEBHOOK_URL', address)
    const error = await run(...at, '--slack').catch((cause: unknown) => cause)
    expect(error).toBeInstanceOf(ConfigError)
    expect(String(error)).toMatch(/CLICKTRAIL_SLACK_WEBHOOK_URL must be an https:\/\/ URL/)
    expect(String(error)).not.toContain('s3cr3t')
  },
)

test('asks for the webhook before it reads anything', async () => {
  await expect(run('--slack')).rejects.toThrow(/CLICKTRAIL_SLACK_WEBHOOK_URL is not set/)
})

test.each([
  ['a data folder without events', {}, /nothing to report: set ELASTICSEARCH_URL, or CLICKTRAIL_DATA_DIR .* is .*none/],
  ['brokers and no landed files', { KAFKA_BROKERS: '127.0.0.1:1' }, /KAFKA_BROKERS is set .* set ELASTICSEARCH_URL/],
  ['HDFS', { HDFS_URL: 'http://127.0.0.1:1', CLICKTRAIL_DATA_DIR: data }, /HDFS_URL is set.*set ELASTICSEARCH_URL/],
])('refuses %s, and sends nothing', async (_, env, says) => {
  vi.stubEnv('CLICKTRAIL_SLACK_WEBHOOK_URL', secret)
  for (const [name, value] of Object.entries({ CLICKTRAIL_DATA_DIR: join(data, 'none'), ...env }))
    vi.stubEnv(name, value)
  const error = await run(...at, '--slack').catch((cause: unknown) => cause)
  expect(error).toBeInstanceOf(ConfigError)
  expect(String(error)).toMatch(says)
  expect(posted).toEqual([])
})

test.each([
  ['--at', 'yesterday'],
  ['--at', '2026-11-21T12:00:00'],
  ['--at', '2026-13-21T12:00:00Z'],
  ['--minutes', '9'],
  ['--minutes', '1441'],
  ['--minutes', '1e2'],
  ['--days', '1'],
])('exits 2 for %s %s', async (flag, value) => {
  await expect(run(flag, value)).rejects.toThrow('exit 2')
})
