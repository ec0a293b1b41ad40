import { expect, test } from 'vitest'
import { hoursOf, type WantedFiles } from '../../../../consumers/elasticsearch/reload-hours.ts'
import { hourLengthMs } from '../../../../consumers/hdfs/path.ts'
import type { FoundFile } from '../../../../consumers/hdfs/recovery.ts'
import { logStartMs } from '../../../support/log-records.ts'

const file = (hour: number, start: number, { partition = 0, generation = 1 } = {}): FoundFile => ({
  path: `h${hour}-g${generation}-p${partition}-${start}`,
  length: 1,
  hourMs: logStartMs + hour * hourLengthMs,
  generation,
  partition,
  format: 'json.gz',
  start,
})
const files = [
  file(0, 0),
  file(0, 0, { partition: 1 }),
  file(0, 0, { generation: 2 }),
  file(1, 10),
  file(1, 20),
  file(2, 30),
]
const pathsOf = (wanted: WantedFiles) =>
  hoursOf(files, wanted).map(hour => [...hour.files.values()].flatMap(ofOne => ofOne.map(({ path }) => path)))
const at = (hour: number) => logStartMs + hour * hourLengthMs

test('takes every file by hour, the oldest first, those of a partition in the order of its log', () => {
  expect(pathsOf({})).toEqual([
    ['h0-g1-p0-0', 'h0-g2-p0-0', 'h0-g1-p1-0'],
    ['h1-g1-p0-10', 'h1-g1-p0-20'],
    ['h2-g1-p0-30'],
  ])
  expect(hoursOf(files, {}).map(({ hourMs }) => hourMs)).toEqual([at(0), at(1), at(2)])
})

test.each<[string, WantedFiles, string[]]>([
  ['the hour in which a time lies', { sinceMs: at(1) + 1, untilMs: at(2) }, ['h1-g1-p0-10', 'h1-g1-p0-20']],
  ['no hour that ends with it', { sinceMs: at(2) }, ['h2-g1-p0-30']],
  ['an hour that begins before the end', { sinceMs: at(2), untilMs: at(2) + 1 }, ['h2-g1-p0-30']],
  ['one partition', { partition: 1 }, ['h0-g1-p1-0']],
  [
    'from the file on that holds an offset',
    { from: { offset: 25, generation: 1 }, partition: 0 },
    ['h1-g1-p0-20', 'h2-g1-p0-30'],
  ],
  ['an offset of a generation', { from: { offset: 5, generation: 2 } }, ['h0-g2-p0-0']],
  ['nothing that is not there', { partition: 7 }, []],
])('takes %s', (_, wanted, paths) => {
  expect(pathsOf(wanted).flat()).toEqual(paths)
})
