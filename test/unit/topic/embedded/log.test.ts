import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type EmbeddedLogOptions, openEmbeddedLog } from '../../../../topic/embedded/log.ts'
import { describeTopic, eventually, follow, offsetsBetween, recordsOf } from '../../../support/describe-topic.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'clicktrail-log-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const eager = { retentionMs: 0, retentionBytes: 0, retentionCheckMs: 1e9 }

describeTopic('the embedded topic', async () => {
  const log = openEmbeddedLog({ dir, topic: 'clicks', ...eager })
  return {
    writer: () => log.writer(),
    reader: group => log.reader(group),
    async truncate(partition, low) {
      const reader = log.reader('truncate')
      await reader.start(follow())
      await reader.commit(partition, low, '')
      await reader.close()
      await log.retain()
    },
    close: () => log.close(),
  }
})

describe('openEmbeddedLog', () => {
  const open = (options: Partial<EmbeddedLogOptions> = {}) =>
    openEmbeddedLog({ dir, topic: 'clicks', retentionCheckMs: 1e9, ...options })

  test('goes on after a restart with the next offset, the commits and no time before the last', async () => {
    const first = open({ now: () => 5_000 })
    await first.writer().append(0, recordsOf('a', 'b'))
    const reader = first.reader('g')
    await reader.start(follow())
    await reader.commit(0, 1, 'mark')
    await first.close()

    const second = open({ now: () => 1_000 })
    await second.writer().append(0, recordsOf('c'))
    const follower = follow()
    await second.reader('g').start(follower)
    await eventually(() => expect(follower.offsets(0)).toEqual([1, 2]))
    expect(follower.delivered.get(0)?.map(record => record.timestampMs)).toEqual([5_000, 5_000])
    await second.close()
  })

  test.each([
    [4, 4],
    [1, 2],
  ])('asked for %i partitions where there were 2, has %i', async (asked, has) => {
    await open().close()
    const log = open({ partitions: asked })
    expect(log.writer().partitions()).toBe(has)
    await log.close()
  })

  test('keeps several topics in one folder apart', async () => {
    const main = open()
    const dead = open({ topic: 'clicks-dlq' })
    await main.writer().append(0, recordsOf('a'))
    const follower = follow()
    await dead.reader('g').start(follower)
    await dead.writer().append(0, recordsOf('poison'))
    await eventually(() => expect(follower.delivered.get(0)?.map(record => `${record.value}`)).toEqual(['poison']))
    await Promise.all([main.close(), dead.close()])
  })

  test('refuses a second owner and says what to do', async () => {
    const log = open()
    expect(() => open()).toThrow(/in use by process \d+ .*stop that process/)
    await log.close()
    await open().close()
  })

  test('refuses a second reader of a group until the first has left', async () => {
    const log = open()
    const reader = log.reader('g')
    expect(() => log.reader('g')).toThrow('already has its reader')
    await reader.close()
    await log.reader('g').start(follow())
    await log.close()
  })

  test('acknowledges what is in flight when it closes, and refuses what comes after', async () => {
    const log = open()
    const writer = log.writer()
    const appended = offsetsBetween(0, 50).map(index => writer.append(index % 2, recordsOf(`${index}`)))
    await log.close()
    await Promise.all(appended)
    await expect(writer.append(0, recordsOf('x'))).rejects.toMatchObject({ code: 'closed' })
    const again = open()
    const reader = again.reader('g')
    expect([await reader.bounds(0), await reader.bounds(1)]).toEqual([
      { low: 0, high: 25 },
      { low: 0, high: 25 },
    ])
    await again.close()
  })

  test('delivers a megabyte at a time, so that a reader can stop in time', async () => {
    const log = open()
    const value = Buffer.alloc(300_000)
    await log.writer().append(
      0,
      offsetsBetween(0, 10).map(() => ({ value })),
    )
    const sizes: number[] = []
    const follower = follow()
    await log.reader('g').start({ ...follower, records: (_, records) => void sizes.push(records.length) })
    await eventually(() => expect(sizes.reduce((a, b) => a + b, 0)).toBe(10))
    expect(sizes).toEqual([3, 3, 3, 1])
    await log.close()
  })

  test('keeps what a registered group has not committed, however old and large', async () => {
    let now = 0
    const log = open({ retentionMs: 1_000, retentionBytes: 10, now: () => now })
    const slow = log.reader('slow')
    await slow.start(follow())
    await log.writer().append(0, recordsOf('a', 'b', 'c'))
    now = 1e9
    expect(await log.retain()).toBe(0)
    await slow.commit(0, 2, '')
    expect(await log.retain()).toBe(2)
    expect(await slow.bounds(0)).toEqual({ low: 2, high: 3 })
    await log.close()
  })

  test('an onlooker reads all from where the group is, commits nothing and holds up no retention', async () => {
    let now = 0
    const log = open({ retentionMs: 1_000, now: () => now })
    await log.writer().append(0, recordsOf('a', 'b'))
    const member = log.reader('g')
    const seen = follow()
    const other = follow()
    const looks = [log.onlooker('g'), log.onlooker('g')]
    await Promise.all([looks[0]?.start(seen), looks[1]?.start(other)])
    await eventually(() =>
      expect([seen.offsets(0), other.offsets(0)]).toEqual([offsetsBetween(0, 2), offsetsBetween(0, 2)]),
    )
    await expect(looks[0]?.commit(0, 1, '')).rejects.toThrow('only looks at clicks')
    expect(log.groups()).toEqual([])
    now = 2_000
    expect(await log.retain()).toBe(2)
    await member.close()
    await log.close()
  })

  test('gives up what is too old where no group reads, and gives back its bytes', async () => {
    let now = 0
    const log = open({ retentionMs: 1_000, now: () => now })
    await log.writer().append(0, recordsOf('a', 'b'))
    now = 900
    await log.writer().append(0, recordsOf('c'))
    const bytes = log.bytes()
    now = 1_001
    expect(await log.retain()).toBe(2)
    expect(log.bytes()).toBe(bytes / 3)
    now = 1e9
    await log.retain()
    expect(log.bytes()).toBe(0)
    await log.writer().append(0, recordsOf('d'))
    expect(await log.reader('g').bounds(0)).toEqual({ low: 3, high: 4 })
    await log.close()
  })
})
