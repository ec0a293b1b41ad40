import { believedGivenUp } from '../deploy/hive/loss.ts'

/** What an `events_dropped` event says was given up: its numbers as a browser writes them, each as far as it is believed. */
export function givenUpOf(properties: Readonly<Record<string, string | number | boolean>>): number {
  return Object.values(properties)
    .map(value => (/^\d{1,18}$/.test(String(value)) ? Number(value) : 0))
    .reduce((sum, value) => sum + Math.min(believedGivenUp, value), 0)
}
