import { Counter, Gauge, type Registry } from 'prom-client'
import type { AuditReport } from './audit.ts'
import type { StoreReport } from './audited.ts'
import { auditedStores } from './finding.ts'

/** What a round came to: `failed` when the topic or a storage did not answer, which says nothing of what they hold. */
export const auditOutcomes = ['clean', 'mismatch', 'failed'] as const
export type AuditOutcome = (typeof auditOutcomes)[number]

/** What audits tell, round by round. */
export interface AuditMetrics {
  /** A round ended. `report` is undefined where it failed: what the last one found stays. */
  ended(report: AuditReport | undefined, seconds: number, nowMs: number): void
}

const prefix = 'clicktrail_audit_'

/** The metrics of the audits of a process, in `registry`. Called once a registry. */
export function createAuditMetrics(registry: Registry): AuditMetrics {
  const registers = [registry]
  const gauge = (name: string, help: string) =>
    new Gauge({ name: `${prefix}${name}`, help, labelNames: ['store'], registers })
  const checked = gauge('checked_offsets', 'Offsets that the last round looked for.')
  const stored = gauge('stored_offsets', 'Of these, those that the storage has.')
  const explained = gauge('explained_offsets', 'Of these, copies, dead letters and gaps.')
  const missing = gauge('missing', 'Of these, those that are missing: each is named in the log.')
  const doubled = gauge('doubled', 'Rows that lie there more than once.')
  const lost = gauge('lost_offsets', 'Offsets that the writer has committed and the topic has lost.')
  const rounds = new Counter({
    name: `${prefix}rounds_total`,
    help: 'Rounds that ended.',
    labelNames: ['outcome'],
    registers,
  })
  const duration = new Gauge({ name: `${prefix}duration_seconds`, help: 'How long the last round took.', registers })
  const success = new Gauge({
    name: `${prefix}last_success_timestamp_seconds`,
    help: 'When a round last ended with an answer, whatever it was; 0 before the first.',
    registers,
  })
  for (const outcome of auditOutcomes) rounds.inc({ outcome }, 0)

  return {
    ended(report, seconds, nowMs) {
      duration.set(seconds)
      rounds.inc({ outcome: outcomeOf(report) })
      if (!report) return
      success.set(nowMs / 1_000)
      for (const store of auditedStores) {
        const all = report.partitions.flatMap(one => one[store] ?? [])
        if (all.length === 0) {
          for (const one of [checked, stored, explained, missing, doubled, lost]) one.remove({ store })
          continue
        }
        const sum = (read: (one: StoreReport) => number) => all.reduce((total, one) => total + read(one), 0)
        checked.set(
          { store },
          sum(one => one.to - one.from),
        )
        stored.set(
          { store },
          sum(one => one.stored),
        )
        explained.set(
          { store },
          sum(one => one.explained),
        )
        missing.set(
          { store },
          sum(one => one.missing),
        )
        doubled.set(
          { store },
          sum(one => one.doubled),
        )
        lost.set({ store }, report.totals[store].lost)
      }
    },
  }
}

export function outcomeOf(report: AuditReport | undefined): AuditOutcome {
  if (!report) return 'failed'
  return report.clean ? 'clean' : 'mismatch'
}
