import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openCollectorSpool } from '../../../../cli/open/spool.ts'
import type { Spool } from '../../../../collector/spool/spool.ts'
import { TopicError } from '../../../../topic/topic.ts'
import { createFakeTopicWriter } from '../../../support/fake-topic-writer.ts'
import { until } from '../../../support/until.ts'

let dataDir: string
let lines: string[]
let opened: Spool | undefined
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'clicktrail-cli-spool-'))
  lines = []
  opened = undefined
})
afterEach(async () => {
  await opened?.close()
  rmSync(dataDir, { recursive: true, force: true })
})

const kafka = { brokers: ['127.0.0.1:1'] }
const away = () => Promise.reject(new TopicError('unavailable', 'away'))
const said = (words: string) => until(() => lines.some(line => line.includes(words)), { what: words, everyMs: 5 })

function openWith(
  settings: { topic?: string; spoolMaxBytes?: number; embedded?: true },
  onAppend?: () => Promise<void>,
) {
  const { topic = 'clicks', spoolMaxBytes = 1_000_000, embedded } = settings
  const writer = createFakeTopicWriter({ topic, ...(onAppend && { onAppend }) })
  const logger = pino({}, { write: line => lines.push(line) })
  opened = openCollectorSpool({ kafka: embedded ? undefined : kafka, spoolMaxBytes, dataDir, topic }, writer, logger)
  return { writer, spool: opened }
}

/** A run that leaves two events in the spool of the topic. */
async function leaveTwoFor(topic: string): Promise<void> {
  const { spool } = openWith({ topic }, away)
  await spool?.append(0, [Buffer.from('a'), Buffer.from('b')])
  await spool?.close()
  opened = undefined
  lines = []
}

test('a spool that was turned off sends what an earlier run left, and takes nothing', async () => {
  await leaveTwoFor('clicks')
  const { writer, spool } = openWith({ spoolMaxBytes: 0 })
  await until(() => writer.values.length === 2, { what: 'both to be sent', everyMs: 5 })
  expect([await spool?.append(0, [Buffer.from('c')]), spool?.state()]).toEqual([false, 'off'])
})

test('a spool that was turned off and never was there makes no folder', () => {
  expect(openWith({ spoolMaxBytes: 0 }).spool).toBeUndefined()
})

test('a spool that was turned off and is damaged keeps nobody from starting, and is said', async () => {
  mkdirSync(join(dataDir, 'spool', 'clicks'), { recursive: true })
  writeFileSync(join(dataDir, 'spool', 'clicks', 'log.mdb'), 'x'.repeat(8_192))
  expect(openWith({ spoolMaxBytes: 0 }).spool).toBeUndefined()
  await said('can not be sent')
  expect(() => openWith({})).toThrow('CLICKTRAIL_SPOOL_MAX_BYTES=0')
})

test.each([
  ['another topic', { topic: 'pages' }],
  ['another topic without a spool', { topic: 'pages', spoolMaxBytes: 0 }],
  ['the embedded topic', { embedded: true as const }],
])(
  'a start with %s warns of events that wait, with their folder, their number and the way out',
  async (_, settings) => {
    await leaveTwoFor('clicks')
    openWith(settings)
    await said('CLICKTRAIL_TOPIC=clicks')
    const warnings = lines.map(line => JSON.parse(line)).filter(({ level }) => level === 40)
    expect(warnings).toMatchObject([{ topic: 'clicks', dir: join(dataDir, 'spool', 'clicks'), records: 2 }])
  },
)

test('an empty spool of another topic is nothing to warn of, nor an empty folder, but one that can not be read is', async () => {
  const { spool } = openWith({})
  await spool?.close()
  mkdirSync(join(dataDir, 'spool', 'other'))
  mkdirSync(join(dataDir, 'spool', 'zebra'))
  writeFileSync(join(dataDir, 'spool', 'zebra', 'log.mdb'), 'no LMDB')
  lines = []
  openWith({ topic: 'pages' })
  await said('CLICKTRAIL_TOPIC=zebra')
  expect(lines.filter(line => /CLICKTRAIL_TOPIC=(clicks|other)/.test(line))).toEqual([])
})
