import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest'
import { type Database, openDatabase } from '../../../dashboard/database.ts'
import { createImporter, type Importer, importGroups, importRetryMs } from '../../../dashboard/importer.ts'
import { type LandedFolder, landedFolder, landedLine } from '../../support/landed-files.ts'

let folder: LandedFolder
let database: Database
let importer: Importer

beforeEach(async () => {
  folder = await landedFolder()
  database = await openDatabase()
  importer = await createImporter(database, folder.dir)
})
afterEach(() => folder.remove())

async function ask(sql: string): Promise<unknown[][]> {
  const connection = await database.connect()
  return (await connection.runAndReadAll(sql)).getRowsJson()
}

describe('the importer', () => {
  it('finds nothing in a folder that is not there yet', async () => {
    await importer.scan(0)
    expect(importer.status()).toMatchObject({ files: 0, events: 0, failedFiles: 0, ready: true })
  })

  it('imports each file once, however often it looks', async () => {
    await folder.land([{}, {}, {}])
    await folder.land([{}, {}], { plain: true, hr: '03' })
    await importer.scan(0)
    await importer.scan(1)
    expect(await ask('SELECT count(*), count(DISTINCT event.id) FROM events')).toEqual([['5', '5']])
    expect(importer.status()).toMatchObject({ files: 2, events: 5, pendingFiles: 0 })
  })

  it('sees a file that lands later', async () => {
    await importer.scan(0)
    await folder.land([{}])
    await importer.scan(1)
    expect(importer.status().events).toBe(1)
  })

  it('names the columns as Hive does', async () => {
    await folder.land([{ action: 'color_click', properties: { color: 'red', price: 1.5, paid: true }, skipped: 2 }])
    await importer.scan(0)
    const columns = `properties['color'], properties['price'], properties['paid'], user_agent.os.name, kafka.skipped, dt, hr, "@timestamp"`
    expect(await ask(`SELECT ${columns} FROM events WHERE event.action = 'color_click'`)).toEqual([
      ['red', '1.5', 'true', 'Windows', '2', '2026-11-21', '02', '2026-11-21 02:30:00'],
    ])
  })

  it('leaves what a record lacks NULL', async () => {
    await folder.land([{}])
    await importer.scan(0)
    expect(await ask('SELECT session.id, properties, kafka.skipped FROM events')).toEqual([[null, null, null]])
  })

  test.each(['_gap-p00.json', '.events-p00.json.gz', 'events-p00.json.tmp', 'README'])(
    'does not see %s',
    async name => {
      await folder.put(`dt=2026-11-21/hr=02/${name}`, 'not json')
      await folder.put(name, 'not json')
      await importer.scan(0)
      expect(importer.status()).toMatchObject({ files: 0, failedFiles: 0 })
    },
  )

  test.each([
    ['a line that is no JSON', `${landedLine()}\noops\n`, 'line 2'],
    ['an empty line', `${landedLine()}\n\n${landedLine({ offset: 1 })}\n`, 'line 2'],
    ['a line that is no object', `[1]\n`, 'line 1'],
    ['a line that is no landed record', '{"a":1}\n', 'NOT NULL'],
  ])('reports %s, keeps nothing of that file and goes on with the others', async (_, content, reason) => {
    await folder.put('dt=2026-11-21/hr=02/events-p07-00000000000000000000.json', content)
    await folder.land([{}, {}])
    await importer.scan(0)
    expect(importer.status()).toMatchObject({ files: 1, events: 2, failedFiles: 1 })
    expect(importer.status().failed[0]?.reason).toContain(reason)
    expect(await ask('SELECT count(*) FROM events')).toEqual([['2']])
  })

  it('reports a cut gzip', async () => {
    const whole = gzipSync(`${landedLine()}\n`)
    await folder.put(
      'dt=2026-11-21/hr=02/events-p00-00000000000000000000.json.gz',
      whole.subarray(0, whole.length - 12),
    )
    await importer.scan(0)
    expect(importer.status()).toMatchObject({ events: 0, failedFiles: 1 })
  })

  it('keeps nothing of a file that breaks after its first insert', async () => {
    const lines = Array.from({ length: 5_000 }, (_, offset) => landedLine({ offset }))
    await folder.put('dt=2026-11-21/hr=02/events-p00-00000000000000000000.json', `${lines.join('\n')}\noops\n`)
    await importer.scan(0)
    expect(importer.status()).toMatchObject({ events: 0, failedFiles: 1 })
    expect(importer.status().failed[0]?.reason).toContain('line 5001')
    expect(await ask('SELECT count(*) FROM events')).toEqual([['0']])
  })

  it('tries a failed file again after its pause, not before', async () => {
    const name = 'dt=2026-11-21/hr=02/events-p00-00000000000000000000.json'
    await folder.put(name, 'oops\n')
    await importer.scan(0)
    await folder.put(name, `${landedLine()}\n`)
    await importer.scan(importRetryMs(1) - 1)
    expect(importer.status()).toMatchObject({ files: 0, failedFiles: 1 })
    await importer.scan(importRetryMs(1))
    expect(importer.status()).toMatchObject({ files: 1, events: 1, failedFiles: 0 })
  })

  test.each([
    ['a lone surrogate', 'a\ud800b', 'a\ufffdb'],
    ['a NUL', 'a\u0000b', 'a\u0000b'],
    ['a pair of surrogates', 'a\u{1f3a8}b', 'a\u{1f3a8}b'],
  ])('keeps an event whose title holds %s', async (_, title, kept) => {
    await folder.land([{ title }, {}])
    await importer.scan(0)
    expect(await ask('SELECT page.title FROM events ORDER BY kafka.offset')).toEqual([[kept], ['Colors']])
  })

  it('changes nothing but the surrogate', async () => {
    await folder.land([{ title: '\ud800 \\ud800' }])
    await importer.scan(0)
    expect(await ask('SELECT page.title FROM events')).toEqual([['\ufffd \\ud800']])
  })

  it('reads all again when a file was taken away', async () => {
    const name = await folder.land([{}, {}])
    await folder.land([{}], { hr: '03' })
    await importer.scan(0)
    await rm(join(folder.dir, name))
    await importer.scan(1)
    expect(importer.status()).toMatchObject({ files: 1, events: 1 })
    expect(await ask('SELECT count(*) FROM events')).toEqual([['1']])
  })

  it('imports a file that is larger than one insert', async () => {
    await folder.land(Array.from({ length: 12_000 }, () => ({})))
    await importer.scan(0)
    expect(await ask('SELECT count(DISTINCT event.id), max(kafka.offset) FROM events')).toEqual([['12000', '11999']])
  })
})

test.each([
  [1, 5_000],
  [2, 10_000],
  [7, 320_000],
  [8, 600_000],
  [1_000, 600_000],
])('after %i attempts a file rests %i ms', (attempts, restMs) => {
  expect(importRetryMs(attempts)).toBe(restMs)
})

test('files share a transaction only within an hour, and at most 64 of them', () => {
  const file = (hr: string, name: string) => ({ name, path: name, dt: '2026-11-21', hr })
  const files = [...Array.from({ length: 65 }, (_, n) => file('03', `a${n}`)), file('02', 'b'), file('02', 'c')]
  const groups = importGroups(files)
  expect(groups.map(group => group.length)).toEqual([64, 1, 2])
  expect(groups.flat()).toEqual(files)
})
