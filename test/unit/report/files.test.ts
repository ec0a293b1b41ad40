import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLocalStore } from '../../../consumers/hdfs/local/store.ts'
import { readFiles } from '../../../report/files.ts'
import { reportOf } from '../../../report/report.ts'
import { encodeRecord } from '../../../topic/record.ts'
import { landedFolder } from '../../support/landed-files.ts'
import { landAll, sinkInto } from '../../support/landed-table.ts'
import { eventRecord } from '../../support/log-records.ts'
import { reportLog, reportOfLog, reportSpan } from '../../support/report-log.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'clicktrail-report-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

test('the report of landed files counts each event of the span once', async () => {
  const dir = join(root, 'events')
  // A window of one offset: the late copy lands too.
  await landAll(sinkInto(createLocalStore({ dir }), { windowOffsets: 1 }), reportLog)
  const { windows, ...report } = reportOf(await readFiles(dir)(reportSpan), reportSpan)
  const { firstWindow, lastWindow, ...expected } = reportOfLog
  expect(report).toEqual({ ...expected, unread: [] })
  expect(windows).toHaveLength(6)
  expect([windows[0], windows[5]]).toEqual([firstWindow, lastWindow])
})

test('one event can not make a loss of any size', async () => {
  const dir = join(root, 'forged')
  const said = { tab: 'forged', atMs: reportSpan.fromMs, properties: { full: 9e15, rejected: 7 } }
  const record = (sequence: number, action: string) => {
    const made = eventRecord({ ...said, sequence })
    return { ...made, event: { ...made.event, action } }
  }
  const forged = [record(1, 'page_view'), record(2, 'events_dropped'), record(Number.MAX_SAFE_INTEGER, 'page_view')]
  const log = forged.map((one, offset) => ({ offset, timestampMs: said.atMs, value: encodeRecord(one) }))
  await landAll(sinkInto(createLocalStore({ dir })), log)
  const { loss } = reportOf(await readFiles(dir)(reportSpan), reportSpan)
  expect(loss).toEqual([{ site: 'example', expected: 3, arrived: 3, missing: 0, givenUp: 10_007 }])
})

test('a folder that is not there is an empty one', async () => {
  const report = reportOf(await readFiles(join(root, 'none'))(reportSpan), reportSpan)
  expect(report).toMatchObject({ events: 0, colors: [], pages: [], movers: [], loss: [], unread: [] })
})

test('a file that can not be read is named, and the others count', async () => {
  const folder = await landedFolder()
  try {
    const at = { dt: '2026-11-21', hr: '12' }
    await folder.land([{ timeMs: reportSpan.fromMs, title: 'a lone \ud83d' }], at)
    const broken = await folder.land([{ timeMs: reportSpan.fromMs, offset: 7 }, 'no json'], { ...at, partition: 1 })
    const { events, unread } = reportOf(await readFiles(folder.dir)(reportSpan), reportSpan)
    expect(events).toBe(1)
    expect(unread).toEqual([expect.stringMatching(`^${broken}: line 2: `)])
  } finally {
    await folder.remove()
  }
})

test.each([
  ['nothing of the hours that no tab of the span needs', 4, 5, 0],
  ['them where a tab has a hole', 4, 6, 1],
])('reads %s', async (_, before, first, read) => {
  const folder = await landedFolder()
  try {
    // The number of an event in its tab is its offset + 1.
    const at = (offset: number, minutes: number) => ({
      offset: offset - 1,
      timeMs: reportSpan.fromMs + minutes * 60_000,
    })
    await folder.land([at(before, -5), at(first, 1)], { dt: '2026-11-21', hr: '12' })
    await folder.land(['no json'], { dt: '2026-11-21', hr: '09', partition: 1 })
    const { unread, loss } = reportOf(await readFiles(folder.dir)(reportSpan), reportSpan)
    expect(unread).toHaveLength(read)
    expect(loss).toMatchObject([{ arrived: 1, missing: first - before - 1 }])
  } finally {
    await folder.remove()
  }
})
