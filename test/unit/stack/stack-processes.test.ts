import { expect, test } from 'vitest'
import { selectProcesses, stackProcesses } from '../../../test/stack/stack-processes.ts'

const namesOf = (names: string[], brokers = 1) =>
  selectProcesses(stackProcesses(brokers), names).map(({ process }) => process.name)

test.each([
  [['hdfs'], ['namenode', 'datanode']],
  [['datanode'], ['datanode']],
  [['kafka'], ['kafka-1', 'kafka-2', 'kafka-3']],
  [
    ['kafka-2', 'kafka'],
    ['kafka-1', 'kafka-2', 'kafka-3'],
  ],
  [
    ['elasticsearch', 'httpfs'],
    ['httpfs', 'elasticsearch'],
  ],
])('%j means %j', (names, expected) => {
  expect(namesOf(names, 3)).toEqual(expected)
})

test('says which names there are', () => {
  expect(() => namesOf(['redis'])).toThrow(/no server redis: kafka, hdfs, httpfs, elasticsearch, .*namenode/)
  expect(() => namesOf(['kafka-2'])).toThrow(/no server kafka-2/)
})

test('no two processes share a port', () => {
  const ports = stackProcesses(3).flatMap(({ process }) => process.ports)
  expect(new Set(ports).size).toBe(ports.length)
})
