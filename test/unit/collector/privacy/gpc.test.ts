import { expect, test } from 'vitest'
import { gpcPolicies, gpcStatement } from '../../../../collector/privacy/gpc.ts'
import { privacyStatement } from '../../../../collector/privacy/statement.ts'

/** What was in force from which day on. Where the words differ the date has to differ too: a new line, not a changed one. */
const inForce = {
  honor: [
    ['2026-11-21', 'Switch on Global Privacy Control in your browser: then nothing is stored, whatever website it is.'],
  ],
  ignore: [
    [
      '2026-11-21',
      'Switch on Global Privacy Control in your browser: then nothing is collected, but on websites that pass it over.',
    ],
  ],
} as const

test.each(['honor', 'ignore'] as const)('what visitors are told of GPC has the date of its last change: %s', gpc => {
  const { lastUpdate, told } = gpcPolicies[gpc]
  expect([lastUpdate, told]).toEqual(inForce[gpc].at(-1))
  expect(inForce[gpc].map(([date]) => date)).toEqual([...new Set(inForce[gpc].map(([date]) => date))].toSorted())
})

test.each([
  ['honor', true],
  ['ignore', false],
] as const)('the support resource says %s and the date of that policy', (gpc, honored) => {
  expect(gpcStatement(gpc)).toEqual({ gpc: honored, lastUpdate: gpcPolicies[gpc].lastUpdate })
  const visitor = { ip: 'cut', userAgent: 'keep', visitor: 'daily', retention: '90 days' } as const
  expect(privacyStatement({ ...visitor, gpc }).refuse['gpc']).toBe(gpcPolicies[gpc].told)
})
