import { expect, test } from 'vitest'
import { marked, parsePs, processTable } from '../../../test/stack/process-table.ts'

const mark = '-Dclicktrail.stack=/home/ada/clicktrail/.stack/kafka-1'

test('reads what ps prints', () => {
  expect(parsePs(`    1     1   9876 /sbin/init\n12823 12823 321000 java -Xmx512m ${mark} kafka.Kafka\n\n`)).toEqual([
    { pid: 1, group: 1, rssBytes: 9876 * 1024, command: ' /sbin/init ' },
    { pid: 12823, group: 12823, rssBytes: 321000 * 1024, command: ` java -Xmx512m ${mark} kafka.Kafka ` },
  ])
})

test('finds this very process', () => {
  const own = processTable().find(({ pid }) => pid === process.pid)
  expect(own?.command).toContain('node')
  expect(own?.rssBytes).toBeGreaterThan(1_000_000)
})

test.each([
  ['the process that was started', 40, `java ${mark} kafka.Kafka`, 1],
  ['a stranger that got its pid', 40, 'sleep 300', 0],
  ['the same server of another checkout', 40, `java ${mark.replace('ada', 'bob')} kafka.Kafka`, 0],
  ['another server whose name begins alike', 40, `java ${mark}0 kafka.Kafka`, 0],
  ['a search for the mark in another group', 41, `grep ${mark}`, 0],
])('takes for its own: %s', (_, group, command, expected) => {
  expect(marked(parsePs(`40 ${group} 100 ${command}`), 40, mark)).toHaveLength(expected)
})
