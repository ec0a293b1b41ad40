import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { type Clicktrail, freePort, spawnClicktrail, untilSaid } from '../../support/clicktrail.ts'

const data = mkdtempSync(join(tmpdir(), 'clicktrail-stop-'))
let running: Clicktrail | undefined
afterEach(async () => {
  await running?.stop('SIGKILL')
  rmSync(data, { recursive: true, force: true })
})

const hdfs = { HDFS_URL: 'http://127.0.0.1:1' }
const elasticsearch = { ELASTICSEARCH_URL: 'http://127.0.0.1:1' }
const local: Record<string, string> = {}

test.each([
  { command: 'collector', servers: local, words: 'collecting' },
  { command: 'consume hdfs', servers: hdfs, words: 'storage is away' },
  { command: 'consume elasticsearch', servers: elasticsearch, words: 'can not be set up now' },
  { command: 'start', servers: { ...hdfs, ...elasticsearch }, words: 'Clicktrail is running' },
  { command: 'start', servers: local, words: 'Clicktrail is running' },
  { command: 'start', servers: local, words: 'waiting for the topic' },
])(
  '$command stops at once and with 0 when asked after "$words", although no server is there',
  async ({ command, servers, words }) => {
    running = spawnClicktrail({
      args: command.split(' '),
      env: {
        KAFKA_BROKERS: '127.0.0.1:1',
        ...servers,
        CLICKTRAIL_DATA_DIR: data,
        CLICKTRAIL_PORT: String(await freePort()),
        CLICKTRAIL_ADMIN_PORT: String(await freePort()),
      },
    })
    await untilSaid(running, words, 10_000)
    expect(await running.stop()).toBe(0)
    expect(running.output()).not.toContain('took too long')
  },
  20_000,
)
