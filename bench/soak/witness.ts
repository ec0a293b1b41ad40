import { audited } from '../needle/audited.ts'
import { complaintOf, findPromtool } from './exposition.ts'
import type { Program } from './program.ts'

/** Looks at what runs, and keeps what is wrong. */
export interface Witness {
  /** Asks every process for its /metrics; one that doesn't answer now is passed over. */
  checkMetrics(): Promise<void>
  /** Runs an audit from the beginning on; without an answer of the servers it is wrong only if it must have one. */
  auditAll(mustAnswer: boolean): Promise<void>
  checkedMetrics(): number
  /** What checks them. */
  readonly checkedBy: string
  fullAudits(): number
  /** Audits of everything that were not clean. */
  alarms(): number
  /** What was wrong. */
  readonly red: readonly string[]
}

/** @param env where the audits find everything */
export function createWitness(programs: readonly Program[], env: Readonly<Record<string, string>>): Witness {
  const promtool = findPromtool()
  const red: string[] = []
  let [checked, fullAudits, alarms] = [0, 0, 0]
  return {
    async checkMetrics() {
      for (const program of programs) {
        const exposition = await program.metrics()
        if (exposition === undefined) continue
        checked++
        const complaint = complaintOf(exposition, promtool)
        if (complaint) red.push(`/metrics of the ${program.name}: ${complaint}`)
      }
    },
    async auditAll(mustAnswer) {
      const { code, output, seconds } = await audited(env)
      console.error(`audit of everything: exit code ${code}, ${seconds.toFixed(1)} s`)
      fullAudits++
      if (code === 0 || (code === 3 && !mustAnswer)) return
      alarms++
      red.push(`an audit of everything ended with ${code}:\n${output}`)
    },
    checkedMetrics: () => checked,
    checkedBy: promtool ? 'promtool check metrics' : 'their form alone, as promtool is not built',
    fullAudits: () => fullAudits,
    alarms: () => alarms,
    red,
  }
}
