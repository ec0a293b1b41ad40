import { afterEach, expect, test, vi } from 'vitest'
import { tabPattern } from '../../../sdk/event.ts'
import { newTab } from '../../../sdk/tab.ts'

afterEach(() => vi.unstubAllGlobals())

test.each([0, 1, Date.UTC(2026, 10, 21), 36 ** 9 - 1])('starts with the clock in nine characters at %i', now => {
  const tab = newTab(now)
  expect(tab).toMatch(tabPattern)
  expect(Number.parseInt(tab.slice(0, 9), 36)).toBe(now)
})

test('differs between tabs of the same millisecond', () => {
  expect(new Set(Array.from({ length: 1_000 }, () => newTab(5))).size).toBe(1_000)
})

test('stays valid and different without crypto', () => {
  vi.stubGlobal('crypto', undefined)
  const tabs = Array.from({ length: 1_000 }, () => newTab(5))
  expect(tabs.every(tab => tabPattern.test(tab))).toBe(true)
  expect(new Set(tabs).size).toBe(1_000)
})
