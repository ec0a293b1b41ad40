import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openEmbeddedLog } from '../../../../topic/embedded/log.ts'
import { bundleFixture } from '../../../support/bundle-fixture.ts'

const data = mkdtempSync(join(tmpdir(), 'clicktrail-full-'))
let fixture: Awaited<ReturnType<typeof bundleFixture>>

beforeAll(async () => {
  fixture = await bundleFixture('append-until-full')
})
afterAll(() => {
  fixture.remove()
  rmSync(data, { recursive: true, force: true })
})

test('refuses appends that the disk has no room for, lives on, and keeps all that was acknowledged', async () => {
  // Blocks of 1,024 bytes: no file may grow beyond 8 MiB.
  const limited = `ulimit -f 8192; exec "$@"`
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['-c', limited, 'bash', process.execPath, fixture.script, data],
    {
      encoding: 'utf8',
      timeout: 30_000,
    },
  )
  expect(stderr).not.toContain('Commit failed')
  expect(status).toBe(0)
  const { acknowledged, code } = JSON.parse(stdout)
  expect(code).toBe('storage')
  expect(acknowledged).toBeGreaterThan(1_000)

  const log = openEmbeddedLog({ dir: data, topic: 'clicks' })
  const { high } = await log.reader('g').bounds(0)
  await log.close()
  expect(high).toBeGreaterThanOrEqual(acknowledged)
}, 60_000)
