import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openEmbeddedLog } from '../../../../topic/embedded/log.ts'
import { bundleFixture } from '../../../support/bundle-fixture.ts'
import { eventually, follow, offsetsBetween } from '../../../support/describe-topic.ts'

const data = mkdtempSync(join(tmpdir(), 'clicktrail-kill-'))
let fixture: Awaited<ReturnType<typeof bundleFixture>>

beforeAll(async () => {
  fixture = await bundleFixture('append-for-ever')
})
afterAll(() => {
  fixture.remove()
  rmSync(data, { recursive: true, force: true })
})

/** Lets the child append until `lines` were acknowledged, then kills it; what it said it had stored. */
function appendUntilKilled(start: number, lines: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [fixture.script, data, String(start)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', chunk => {
      output += chunk
      if (output.split('\n').length > lines) child.kill('SIGKILL')
    })
    child.on('error', reject)
    child.on('close', (_, signal) => {
      if (signal === 'SIGKILL') resolve(output.split('\n').slice(0, -1))
      else reject(new Error('the child ended by itself'))
    })
  })
}

test('outlives kill −9 in the middle of appends: all that was acknowledged is there, offsets are dense', async () => {
  const acknowledged: string[] = []
  for (const [index, lines] of [1, 40, 300, 1_000].entries()) {
    acknowledged.push(...(await appendUntilKilled(index * 1_000_000, lines)))
  }

  const log = openEmbeddedLog({ dir: data, topic: 'clicks' })
  const follower = follow()
  const reader = log.reader('g')
  await reader.start(follower)
  const found: string[] = []
  for (const partition of [0, 1]) {
    const { high } = await reader.bounds(partition)
    await eventually(() => expect(follower.offsets(partition)).toHaveLength(high))
    expect(follower.offsets(partition)).toEqual(offsetsBetween(0, high))
    found.push(...(follower.delivered.get(partition) ?? []).map(({ value }) => `${partition} ${value}`))
  }
  await log.close()

  expect(acknowledged.length).toBeGreaterThan(1_300)
  expect(new Set(found).size).toBe(found.length)
  const stored = new Set(found)
  expect(acknowledged.filter(line => !stored.has(line))).toEqual([])
}, 60_000)
