import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Config, loadConfig } from '../../../../cli/config/config.ts'
import { openAuditLog } from '../../../../cli/open/audit-log.ts'
import { dashboardLetters } from '../../../../cli/open/dashboard-letters.ts'
import { openLetters } from '../../../../cli/open/letters.ts'
import { openTopics } from '../../../../cli/open/topics.ts'
import { survey } from '../../../../consumers/dlq/survey.ts'
import { openEmbeddedLog } from '../../../../topic/embedded/log.ts'

let dataDir: string
let config: Config

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'clicktrail-look-'))
  config = loadConfig({ command: 'audit', env: { CLICKTRAIL_DATA_DIR: dataDir }, flags: {} })
  await openEmbeddedLog({ dir: join(dataDir, 'topic'), topic: 'clicktrail' }).close()
  const letters = openDeadLetters()
  await letters.writer().append(0, [{ value: Buffer.from('no JSON') }, { value: Buffer.from('nor this') }])
  await letters.close()
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

const openDeadLetters = (now = Date.now) =>
  openEmbeddedLog({ dir: join(dataDir, 'topic'), topic: 'clicktrail-dlq', retentionCheckMs: 1e9, now })

test.each<[what: string, look: () => Promise<number>]>([
  [
    'the dashboard',
    async () => {
      const topics = openTopics(config, pino({ level: 'silent' }))
      const found = await Promise.all([dashboardLetters(topics), dashboardLetters(topics)])
      await topics.close()
      return found.flat().reduce((sum, { letters }) => sum + letters, 0) / 2
    },
  ],
  [
    'the audit',
    async () => {
      const log = await openAuditLog(config)
      const { letters } = await log.letters()
      let seen = 0
      for await (const _ of letters) seen++
      await log.close()
      return seen
    },
  ],
  [
    'dlq list',
    async () => {
      const letters = await openLetters(config, 'look')
      const { rows } = await survey(letters.log, () => true)
      await letters.close()
      return rows.reduce((sum, row) => sum + row.letters, 0)
    },
  ],
])('after a look by %s, retention still drops the dead letters that are old', async (_, look) => {
  expect(await look()).toBe(2)
  const log = openDeadLetters(() => Date.now() + 31 * 86_400_000)
  expect(log.groups()).toEqual([])
  expect(await log.retain()).toBe(2)
  await log.close()
})
