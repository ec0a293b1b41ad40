import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSpool } from '../../../../collector/spool/spool.ts'
import { bundleFixture } from '../../../support/bundle-fixture.ts'
import { createFakeTopicWriter } from '../../../support/fake-topic-writer.ts'
import { until } from '../../../support/until.ts'

const dir = mkdtempSync(join(tmpdir(), 'clicktrail-spool-kill-'))
let fixture: Awaited<ReturnType<typeof bundleFixture>>

beforeAll(async () => {
  fixture = await bundleFixture('spool-for-ever')
})
afterAll(() => {
  fixture.remove()
  rmSync(dir, { recursive: true, force: true })
})

/** Lets the child spool and drain, and kills it `afterMs` after its first answer; what it has printed. */
function spoolUntilKilled(run: number, afterMs: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [fixture.script, dir, String(run)], { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', chunk => {
      if (output === '') setTimeout(() => child.kill('SIGKILL'), afterMs)
      output += chunk
    })
    child.on('error', reject)
    child.on('close', (_, signal) => {
      if (signal === 'SIGKILL') resolve(output.split('\n').slice(0, -1))
      else reject(new Error('the child ended by itself'))
    })
  })
}

test('outlives kill −9 at any moment: each record that was acknowledged reaches its partition, or any where it had none', async () => {
  const acknowledged: string[] = []
  const sent = new Set<string>()
  for (let run = 0; run < 12; run++) {
    for (const line of await spoolUntilKilled(run, Math.random() * 400)) {
      if (line.startsWith('sent ')) sent.add(line.slice(5))
      else acknowledged.push(line.slice('acknowledged '.length))
    }
  }

  const writer = createFakeTopicWriter({ partitions: 3 })
  const logger = pino({ level: 'silent' })
  const spool = openSpool({ dir, maxBytes: 1_000_000_000, writer, logger, drainBytesPerSecond: 1_000_000_000 })
  const left = spool.bytes()
  await until(() => spool.bytes() === 0, { what: 'the spool to be drained' })
  await spool.close()
  for (const { partition, records } of writer.appends)
    for (const { value } of records) sent.add(`${partition} ${value}`)

  expect(acknowledged.length).toBeGreaterThan(1_000)
  expect(left).toBeGreaterThan(0)
  expect(spool.figures().corruptRecords).toBe(0)
  const anywhere = new Set([...sent].map(line => line.replace(/^\d+/, '-1')))
  expect(acknowledged.some(line => line.startsWith('-1 '))).toBe(true)
  expect(acknowledged.filter(line => !sent.has(line) && !anywhere.has(line))).toEqual([])
}, 120_000)
