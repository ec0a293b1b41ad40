import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { open } from 'lmdb'
import { pino } from 'pino'
import { afterEach, expect, test } from 'vitest'
import { openEmbeddedLog } from '../../../../topic/embedded/log.ts'
import { eventually, follow, recordsOf } from '../../../support/describe-topic.ts'

const dir = mkdtempSync(join(tmpdir(), 'clicktrail-damage-'))
afterEach(() => rmSync(dir, { recursive: true, force: true }))

test('reports a damaged and a missing record with their offsets, and delivers them as null', async () => {
  const first = openEmbeddedLog({ dir, topic: 'clicks', now: () => 7_000 })
  await first.writer().append(1, recordsOf('good', 'damaged', 'missing', 'good again'))
  await first.close()

  const env = open({ path: join(dir, 'clicks', 'log.mdb'), noSubdir: true, maxDbs: 4 })
  const records = env.openDB<Buffer, [number, number]>({ name: 'records', encoding: 'binary' })
  const frame = Buffer.from(records.get([1, 1]) ?? [])
  frame.writeUInt8(frame.readUInt8(frame.byteLength - 1) ^ 1, frame.byteLength - 1)
  await records.put([1, 1], frame)
  await records.remove([1, 2])
  await env.close()

  const lines: string[] = []
  const sink = new Writable({
    write(line, _, done) {
      lines.push(String(line))
      done()
    },
  })
  const logger = pino({ level: 'error' }, sink)
  const second = openEmbeddedLog({ dir, topic: 'clicks', logger })
  const follower = follow()
  await second.reader('g').start(follower)
  await eventually(() => expect(follower.offsets(1)).toEqual([0, 1, 2, 3]))
  await second.close()

  const delivered = follower.delivered.get(1) ?? []
  expect(delivered.map(({ value }) => value && `${value}`)).toEqual(['good', null, null, 'good again'])
  expect(delivered.map(({ timestampMs }) => timestampMs)).toEqual([7_000, 7_000, 7_000, 7_000])
  expect(lines.map(line => JSON.parse(line))).toMatchObject([
    { topic: 'clicks', partition: 1, offset: 1, missing: false },
    { topic: 'clicks', partition: 1, offset: 2, missing: true },
  ])
})
