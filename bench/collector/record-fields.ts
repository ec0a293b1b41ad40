/** The dotted names of all fields that these JSON objects have between them. */
export function fieldsOf(values: readonly string[]): Set<string> {
  const names = new Set<string>()
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) names.add(path)
    else for (const [name, inner] of Object.entries(value)) visit(inner, path === '' ? name : `${path}.${name}`)
  }
  for (const value of values) visit(JSON.parse(value), '')
  return names
}

/** The names of the first that the second lacks. */
export function missingFields(wanted: ReadonlySet<string>, found: ReadonlySet<string>): string[] {
  return [...wanted].filter(name => !found.has(name))
}
