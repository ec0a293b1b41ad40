import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCoverage } from '../../../../consumers/audit/coverage.ts'

/** Rows as `offset` or `offset/skipped`, files as `#number`. */
function covered(text: string, to?: number, from?: number) {
  const coverage = createCoverage({ from })
  for (const word of text.split(' ').filter(Boolean)) {
    if (word.startsWith('#')) {
      coverage.begin(Number(word.slice(1)))
      continue
    }
    const [offset, skipped] = word.split('/')
    coverage.row({ offset: Number(offset), skipped: skipped === undefined ? undefined : Number(skipped) })
  }
  const { holes, ...report } = coverage.report(to)
  return { ...report, holes: holes.map(hole => `${hole.from}-${hole.to}:${hole.accounted}${hole.first ? '?' : ''}`) }
}

test.each([
  ['nothing where every offset has its row', '#0 0 1 2 #3 3 4', []],
  ['what the row behind counts as skipped', '#0 0 1 5/3', ['2-4:3']],
  ['a row that is gone', '#0 0 1 3', ['2-2:0']],
  ['a row that is gone between skipped ones', '#0 0 4/1', ['1-3:1']],
  ['the last row of a file', '#0 0 1 #3 3', ['2-2:0']],
  ['a whole file', '#0 0 1 #7 7 8', ['2-6:0']],
  ['a file without a row', '#0 0 1 #2 #5 5', ['2-4:0']],
  ['the first row of all, as one that may have been skipped', '#0 1 2', ['0-0:0?']],
  ['the first row of all that counts what it skipped', '#0 2/2', ['0-1:2']],
])('finds %s', (_, text, holes) => {
  expect(covered(text).holes).toEqual(holes)
})

test('says what was committed and is not there', () => {
  expect(covered('#0 0 1', 5).holes).toEqual(['2-4:0'])
  expect(covered('#0 0 1', 2).holes).toEqual([])
  expect(covered('#0 0 1', 1)).toMatchObject({ holes: [], next: 2 })
})

test('expects what lies before the first file where it is told to', () => {
  expect(covered('#3 3', undefined, 1).holes).toEqual(['1-2:0'])
  expect(covered('', 4, 2).holes).toEqual(['2-3:0'])
})

test('counts rows that are there twice, and lets a later file fill a hole', () => {
  expect(covered('#0 0 1 1 2')).toMatchObject({ doubled: [1], doubledCount: 1, holes: [] })
  expect(covered('#0 0 4 #1 2 3')).toMatchObject({ doubled: [], holes: ['1-1:0'] })
})

test('finds exactly the rows that were taken out, wherever they lay', () => {
  const offsets = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { minLength: 2 })
  fc.assert(
    fc.property(offsets, fc.integer(), fc.integer({ min: 1, max: 9 }), (chosen, seed, fileRows) => {
      const landed = chosen.toSorted((a, b) => a - b)
      const gone = 1 + (Math.abs(seed) % (landed.length - 1))
      const coverage = createCoverage()
      let before = -1
      for (const [index, offset] of landed.entries()) {
        if (index % fileRows === 0) coverage.begin(before + 1)
        const skipped = offset - before - 1 || undefined
        if (index !== gone) coverage.row({ offset, skipped })
        before = offset
      }
      const { holes } = coverage.report(before + 1)
      const unaccounted = holes.filter(hole => hole.accounted < hole.to - hole.from + 1)
      expect(unaccounted).toHaveLength(1)
      expect(unaccounted[0]?.from).toBeLessThanOrEqual(landed[gone] ?? 0)
      expect(unaccounted[0]?.to).toBeGreaterThanOrEqual(landed[gone] ?? 0)
    }),
  )
})
