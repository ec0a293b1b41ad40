import { afterEach, expect, test, vi } from 'vitest'
import { tabPattern } from '../../../sdk/event.ts'
import { newId } from '../../../sdk/id.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

const now = Date.UTC(2026, 10, 21)

test.each([0, 0.5, 1 - 2 ** -53])('fits the pattern of a tab where Math.random is %d', random => {
  vi.spyOn(Math, 'random').mockReturnValue(random)
  expect(newId(now)).toMatch(tabPattern)
})

test.each([now, Date.UTC(2059, 4, 25)])('begins with the time, nine characters of base 36: %d', at => {
  const id = newId(at)
  expect(id).toMatch(tabPattern)
  expect(Number.parseInt(id.slice(0, 9), 36)).toBe(at)
})

test('tells ids of the same millisecond apart', () => {
  expect(new Set(Array.from({ length: 10_000 }, () => newId(now))).size).toBe(10_000)
})

test('keeps apart what differs by 2⁻⁵¹', () => {
  const random = vi.spyOn(Math, 'random')
  const ids = [0.5, 0.5 + 2 ** -51].map(drawn => {
    random.mockReturnValue(drawn)
    return newId(now)
  })
  expect(ids[0]).not.toBe(ids[1])
})
