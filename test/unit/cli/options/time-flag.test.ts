import { InvalidArgumentError } from 'commander'
import { expect, it } from 'vitest'
import { timeOf } from '../../../../cli/options/time-flag.ts'

it.each([
  ['2026-11-22', '2026-11-22T00:00:00Z'],
  ['2026-11-21T08:00Z', '2026-11-21T08:00:00Z'],
  ['2026-11-21T08:00:00+02:00', '2026-11-21T06:00:00Z'],
])('reads %s wherever the computer is', (text, time) => {
  expect(timeOf(text)).toBe(Date.parse(time))
})

it.each(['2026-11-21T08:00', '2026-11-21 08:00', '2026-13-01', 'yesterday', '2', '2w', ''])('refuses "%s"', text => {
  expect(() => timeOf(text)).toThrow(InvalidArgumentError)
})
