import type { MetricFacts } from '../../deploy/metrics.ts'

/** What Prometheus adds to each series itself. */
const added = ['instance', 'job', 'le']

/** What a query asks for that no metric has: names, labels, and values of a label with a closed set. `known`: without the suffixes of histograms. */
export function unknownIn(query: string, known: readonly MetricFacts[]): string[] {
  const metrics = new Map(known.map(facts => [facts.name, facts]))
  const find = (name: string) => {
    const whole = metrics.get(name)
    if (whole && whole.type !== 'histogram') return whole
    const base = metrics.get(/^(.*)_(?:bucket|sum|count)$/.exec(name)?.[1] ?? '')
    return base?.type === 'histogram' ? base : undefined
  }
  const problems: string[] = []
  const allowed = new Set(added)
  const names =
    query
      .replace(/\{[^}]*\}/g, '')
      .match(/\b(?:clicktrail|kafka|probe|up)\b[\w:]*|\b(?:clicktrail|kafka|probe)_[\w:]*/g) ?? []
  for (const name of names) {
    const facts = find(name)
    if (!facts) problems.push(`${name} does not exist`)
    for (const label of Object.keys(facts?.labels ?? {})) allowed.add(label)
  }
  for (const [, name = '', matchers = ''] of query.matchAll(/([\w:]+)\{([^}]*)\}/g)) {
    const labels = find(name)?.labels ?? {}
    for (const [, label = '', values = ''] of matchers.matchAll(/(\w+)\s*[=!]~?\s*"([^"]*)"/g)) {
      const closed = labels[label]
      if (!closed && !added.includes(label)) problems.push(`${name} has no label ${label}`)
      for (const value of values.split('|'))
        if (closed && closed.length > 0 && !closed.includes(value)) problems.push(`${name}: ${label} is never ${value}`)
    }
  }
  for (const [, labels = ''] of query.matchAll(/\b(?:by|without|on|ignoring)\s*\(([^)]*)\)/g))
    for (const label of labels.split(',').map(one => one.trim()))
      if (!allowed.has(label)) problems.push(`nothing in it has the label ${label}`)
  return problems
}
