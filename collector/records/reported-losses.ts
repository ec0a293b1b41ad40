import type { ValidEvent } from '../validation/validate-event.ts'

/** Why a browser gave events up; `http` stands for any answer that a repeat would not change, `other` for what we don't know. */
export const lossReasons = ['full', 'rejected', 'http', 'other'] as const
export type LossReason = (typeof lossReasons)[number]

/** Most that one report is believed: anybody can send one. */
const maxReported = 10_000

/** What `events_dropped` events report, by reason; undefined where no event is one, which is nearly always. */
export function reportedLosses(events: readonly ValidEvent[]): Partial<Record<LossReason, number>> | undefined {
  let losses: Partial<Record<LossReason, number>> | undefined
  for (const { action, properties = {} } of events) {
    if (action !== 'events_dropped') continue
    losses ??= {}
    for (const [name, value] of Object.entries(properties)) {
      if (typeof value !== 'number' || !(value > 0)) continue
      const reason = reasonOf(name)
      losses[reason] = (losses[reason] ?? 0) + Math.min(maxReported, Math.ceil(value))
    }
  }
  return losses
}

function reasonOf(name: string): LossReason {
  if (/^http_\d{3}$/.test(name)) return 'http'
  return lossReasons.find(reason => reason === name) ?? 'other'
}
