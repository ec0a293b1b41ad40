import { expect, test } from 'vitest'
import { missedGates } from '../../../bench/sdk/gates.ts'
import type { Row } from '../../../bench/sdk/row.ts'
import { tableOf } from '../../../bench/sdk/table.ts'

const good: Row = {
  name: 'clicktrail',
  version: '1.0.0',
  gzipBytes: 2_400,
  brotliBytes: 2_150,
  requests: 3,
  preflights: 0,
  clicksArrived: 20,
  bodyBytes: 75,
  wireBytes: 160,
  clickMedianUs: 200,
  clickP95Us: 900,
  startMs: 5,
  scriptMs: 5,
  scriptRatio: 0.7,
  visitMs: 6,
  startRatio: 0.5,
  longTasks: 0,
  forcedLayouts: 0,
  claims: 'all',
}

test('keeps quiet when every figure is at its limit', () => {
  expect(missedGates([good])).toEqual([])
})

test.each<[keyof Row, number]>([
  ['gzipBytes', 2_401],
  ['brotliBytes', 2_151],
  ['requests', 4],
  ['preflights', 1],
  ['clicksArrived', 19],
  ['clicksArrived', 21],
  ['bodyBytes', 75.1],
  ['bodyBytes', Number.NaN],
  ['wireBytes', 160.1],
  ['clickMedianUs', 205],
  ['startRatio', 0.51],
  ['longTasks', 1],
  ['forcedLayouts', 1],
])('misses a gate when %s is %d', (figure, value) => {
  expect(missedGates([{ ...good, [figure]: value }])).toEqual([expect.stringContaining('gate missed: clicktrail: ')])
})

test('holds the ESM build to its own limits, and peers to none', () => {
  const heavy = { ...good, gzipBytes: 9_000, brotliBytes: 2_000 }
  expect(missedGates([{ ...heavy, name: 'clicktrail-esm' }])).toHaveLength(1)
  expect(missedGates([{ ...heavy, name: 'posthog' }])).toEqual([])
})

test('does not judge against a Plausible that was not measured', () => {
  expect(missedGates([{ ...good, startRatio: undefined }])).toEqual([])
})

test('prints a row a tracker under one header, all lines of one width', () => {
  const lines = tableOf([good, { ...good, name: 'b', gzipBytes: 12_345, claims: 'nothing at all' }]).split('\n')
  expect(lines).toHaveLength(4)
  expect(lines[3]).toMatch(/^\| b 1\.0\.0 .*12,345/)
  expect(new Set(lines.map(line => line.length)).size).toBe(1)
})
