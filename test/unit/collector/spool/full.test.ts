import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundleFixture } from '../../../support/bundle-fixture.ts'

const data = mkdtempSync(join(tmpdir(), 'clicktrail-spool-full-'))
let fixture: Awaited<ReturnType<typeof bundleFixture>>

beforeAll(async () => {
  fixture = await bundleFixture('spool-until-full')
})
afterAll(() => {
  fixture.remove()
  rmSync(data, { recursive: true, force: true })
})

test('refuses what the disk has no room for, is worth a try again after a while, lives on, drains all that it took and takes more again', () => {
  // Blocks of 1,024 bytes: no file may grow beyond 8 MiB.
  const command = ['-c', `ulimit -f 8192; exec "$@"`, 'bash', process.execPath, fixture.script, data]
  const { status, stdout, stderr } = spawnSync('bash', command, { encoding: 'utf8', timeout: 40_000 })
  expect(stderr).not.toContain('Commit failed')
  expect(status).toBe(0)
  const outcome = JSON.parse(stdout)
  expect(outcome).toMatchObject({ state: 'full', later: 'taking', lost: 0, copies: 0, left: 0, again: true })
  expect(outcome.acknowledged).toBeGreaterThan(3_000)
}, 60_000)
