import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it, test } from 'vitest'
import { freePort, runClicktrail, spawnClicktrail, untilSaid } from '../../support/clicktrail.ts'
import { until } from '../../support/until.ts'

const data = mkdtempSync(join(tmpdir(), 'clicktrail-hive-'))
afterAll(() => rmSync(data, { recursive: true, force: true }))

test('hive ddl prints the table for the Hive that is named', async () => {
  const run = (...args: string[]) => runClicktrail({ args: ['hive', 'ddl', ...args] })
  expect((await run()).output).toBe(readFileSync(new URL('../../../deploy/hive/events.sql', import.meta.url), 'utf8'))
  const { output } = await run('--hive', '4.0.1', '--hive-table', 'web.shop', '--hdfs-path', '/a/b')
  expect(output).toMatch(
    /TABLE IF NOT EXISTS web\.shop \([\s\S]*serde2\.JsonSerDe'[\s\S]*LOCATION '\/a\/b'\n.*discover/,
  )
  expect(await run('--hive', '1')).toMatchObject({ code: 2, output: expect.stringContaining('It is 2, 3 or 4.') })
  expect(await run('--hive-table', 'a;b')).toMatchObject({
    code: 2,
    output: expect.stringContaining('--hive-table must'),
  })
})

it("runs the operator's command for the first file of an hour", async () => {
  const told = join(data, 'told')
  const running = spawnClicktrail({
    args: ['start'],
    env: {
      CLICKTRAIL_DATA_DIR: data,
      CLICKTRAIL_PORT: String(await freePort()),
      CLICKTRAIL_ADMIN_PORT: String(await freePort()),
      CLICKTRAIL_FLUSH_MAX_RECORDS: '1',
      CLICKTRAIL_HIVE_COMMAND: `sh -c 'echo "$1" >> "$0"' ${told}`,
      CLICKTRAIL_HIVE_TABLE: 'web.events',
    },
  })
  try {
    await untilSaid(running, 'Clicktrail is running')
    const url = /POST (http\S+)/.exec(running.output())?.[1] ?? ''
    for (let n = 0; n < 3; n++)
      await fetch(url, { method: 'POST', body: '{"site":"x","events":[{"action":"a"}]}' }).then(answer => answer.text())
    await until(() => existsSync(told), { what: 'the command', timeoutMs: 20_000 })
    const statement = /^(ALTER TABLE web\.events ADD IF NOT EXISTS PARTITION \(dt='[\d-]{10}', hr='\d\d'\)\n){1,2}$/
    await until(() => statement.test(readFileSync(told, 'utf8')), { what: 'the statement' })
    expect(await running.stop()).toBe(0)
  } finally {
    await running.stop('SIGKILL')
  }
}, 60_000)
