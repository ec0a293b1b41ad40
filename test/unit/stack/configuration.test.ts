import { expect, test } from 'vitest'
import { addresses, kafkaBrokers } from '../../../test/stack/addresses.ts'
import { hadoopXml } from '../../../test/stack/hadoop-config.ts'
import { parseHiveRow } from '../../../test/stack/hive-jvm.ts'
import { kafkaProperties } from '../../../test/stack/kafka.ts'
import { statusTable } from '../../../test/stack/status-table.ts'

test('keeps the ports that scripts rely on', () => {
  expect(addresses).toEqual({
    KAFKA_BROKERS: '127.0.0.1:9092',
    HDFS_URL: 'http://127.0.0.1:9870',
    HTTPFS_URL: 'http://127.0.0.1:14000',
    ELASTICSEARCH_URL: 'http://127.0.0.1:9200',
  })
  expect(kafkaBrokers(3)).toBe('127.0.0.1:9092,127.0.0.1:9094,127.0.0.1:9096')
})

test.each([
  [1, 1, '1@127.0.0.1:9093'],
  [2, 3, '1@127.0.0.1:9093,2@127.0.0.1:9095,3@127.0.0.1:9097'],
])('node %i of %i knows every voter', (node, brokers, voters) => {
  const lines = kafkaProperties(node, brokers, '/data').split('\n')
  expect(lines).toContain(`node.id=${node}`)
  expect(lines).toContain(`controller.quorum.voters=${voters}`)
  expect(lines).toContain(`offsets.topic.replication.factor=${brokers}`)
  expect(lines).toContain('auto.create.topics.enable=false')
})

test('has no fourth broker', () => {
  expect(() => kafkaProperties(4, 3, '/data')).toThrow(RangeError)
})

test('escapes what is not XML text', () => {
  expect(hadoopXml({ 'a.b': 'x<y & z', on: true })).toBe(`<configuration>
  <property><name>a.b</name><value>x&lt;y &amp; z</value></property>
  <property><name>on</name><value>true</value></property>
</configuration>
`)
})

test.each([
  ['red\t2', ['red', '2']],
  ['', ['']],
  ['a\\tb\\\\n\\n\tNULL', ['a\tb\\n\n', 'NULL']],
])('reads the row %j', (line, values) => {
  expect(parseHiveRow(line)).toEqual(values)
})

test('shows a table', () => {
  expect(
    statusTable([
      { name: 'kafka-1', state: 'serving', pid: 12823, rssBytes: 321_400_000, ports: [9092, 9093] },
      { name: 'httpfs', state: 'died', rssBytes: 0, ports: [14000] },
    ]),
  ).toBe(`process  state    pid    memory  ports on 127.0.0.1
kafka-1  serving  12823  321 MB  9092 9093
httpfs   died     -      -       14000`)
})
