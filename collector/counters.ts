import { statuses } from './answer.ts'
import { rejectionCauses } from './validate.ts'

/** Every counter: its help text and, where it has a label, the closed set of its values. */
const definitions = {
  collector_requests_answered_total: {
    help: 'Requests for events that were answered.',
    label: 'status',
    values: [...new Set(Object.values(statuses))].map(String),
  },
  collector_events_accepted_total: { help: 'Events that were acknowledged.' },
  collector_events_rejected_total: {
    help: 'Events that were refused in a request whose other events were taken.',
    label: 'reason',
    values: [...rejectionCauses],
  },
  collector_requests_dropped_total: {
    help: 'Requests that were answered 204 without being looked at.',
    label: 'reason',
    values: ['gpc'],
  },
} satisfies Record<string, Definition>

interface Definition {
  help: string
  label?: string
  values?: readonly string[]
}

export type CounterName = keyof typeof definitions

export interface Counters {
  /** Adds to a counter; `value` is its label's. A value outside the closed set is a mistake of the caller: throws a RangeError. */
  add(name: CounterName, value?: string, amount?: number): void
  /** All counters in Prometheus's text format 0.0.4, also those at 0. */
  text(): string
}

/** The collector's counters, all at 0. */
export function createCounters(): Counters {
  const all: [string, Definition][] = Object.entries(definitions)
  const counts = new Map<string, number>()
  for (const [name, { values }] of all) for (const value of values ?? ['']) counts.set(`${name} ${value}`, 0)
  return {
    add(name, value = '', amount = 1) {
      const key = `${name} ${value}`
      const count = counts.get(key)
      if (count === undefined) throw new RangeError(`no counter ${name} with the label ${JSON.stringify(value)}`)
      counts.set(key, count + amount)
    },
    text() {
      const lines: string[] = []
      for (const [name, { help, label, values }] of all) {
        lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} counter`)
        for (const value of values ?? ['']) {
          lines.push(`${name}${label ? `{${label}="${value}"}` : ''} ${counts.get(`${name} ${value}`)}`)
        }
      }
      return `${lines.join('\n')}\n`
    },
  }
}
