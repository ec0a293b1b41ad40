import { expect, test } from 'vitest'
import { judgeable, stolenShare } from '../../../../bench/collector/stolen.ts'

const times = (idle: number, stolen: number) =>
  `cpu  100 0 50 ${idle} 5 0 10 ${stolen} 77 0\ncpu0 50 0 25 450 2 0 5 100 70 0\nctxt 12345\n`

test('what the host took is a share of all time, of which a guest’s is a part already', () => {
  expect(stolenShare(times(900, 200), times(1_800, 300))).toBe(0.1)
})

test('figures that hang on the clock are not judged when much was taken', () => {
  const [goodput, memory] = [
    { what: 'goodput', value: 40, unit: '%' },
    { what: 'memory', value: 160, unit: 'MB' },
  ] as const
  expect(judgeable([goodput, memory], 0.05)).toEqual([goodput, memory])
  expect(judgeable([goodput, memory], 0.06)).toEqual([{ ...goodput, unsure: true }, memory])
})
