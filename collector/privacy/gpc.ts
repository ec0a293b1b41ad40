/**
 * What is done about Global Privacy Control: what visitors are told of it, and the date since which it is done in this way. Whoever changes
 * what a collector does with `Sec-GPC`, or what is told of it, sets `lastUpdate` to that day.
 */
export const gpcPolicies = {
  honor: {
    told: 'Switch on Global Privacy Control in your browser: then nothing is stored, whatever website it is.',
    lastUpdate: '2026-11-21',
  },
  ignore: {
    told: 'Switch on Global Privacy Control in your browser: then nothing is collected, but on websites that pass it over.',
    lastUpdate: '2026-11-21',
  },
} as const

/**
 * `/.well-known/gpc.json`: whether Global Privacy Control is honored, and when that was last changed: the standard's later changes
 * don't bind it (https://www.w3.org/TR/gpc/, GPC Support Resource).
 */
export function gpcStatement(gpc: keyof typeof gpcPolicies): { gpc: boolean; lastUpdate: string } {
  return { gpc: gpc === 'honor', lastUpdate: gpcPolicies[gpc].lastUpdate }
}
