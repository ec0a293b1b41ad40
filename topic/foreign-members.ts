import { z } from 'zod'

/** The members of an object that have a meaning, each with its own where it is an object. */
export type Known = ReadonlyMap<string, Known | undefined>

/** What a schema names, for {@link inspectMembers}. */
export function knownMembers(schema: z.ZodObject): Known {
  return new Map(
    Object.entries(schema.shape).map(([name, member]) => {
      const inner = member instanceof z.ZodOptional ? member.unwrap() : member
      return [name, inner instanceof z.ZodObject ? knownMembers(inner) : undefined]
    }),
  )
}

/** Hive's JSON parser refuses 1,000 levels and names of 50,000 characters; nobody means either. */
const maxDepth = 100
const maxNameChars = 10_000

export interface Inspected {
  /** How many members there are, at every depth. */
  members: number
  /** What Hive could not read, or would read as something else; undefined for what is fine. */
  problem: string | undefined
}

/**
 * Looks at every member's name. Hive compares names without case and takes `_col2` for its third column, at each level
 * of a row: such a name beside the known ones makes a query of the whole table fail, or hides the value of its namesake
 * (org.apache.hadoop.hive.serde2.JsonSerDe and HiveJsonStructReader, seen in 2.3.9, 3.1.3 and 4.0.1).
 */
export function inspectMembers(value: unknown, known: Known): Inspected {
  let members = 0
  let problem: string | undefined
  const open: { value: object; known: Known | undefined; path: string; depth: number }[] = []
  if (typeof value === 'object' && value !== null) open.push({ value, known, path: '', depth: 1 })
  for (let at = open.pop(); at && problem === undefined; at = open.pop()) {
    const list = Array.isArray(at.value)
    if (at.depth > maxDepth) problem = `${at.path.slice(0, 100)} is deeper than ${maxDepth} levels`
    for (const [name, member] of Object.entries(at.value)) {
      if (!list) {
        members++
        problem ??= problemOf(name, at.known, at.path)
      }
      if (typeof member !== 'object' || member === null) continue
      open.push({ value: member, known: at.known?.get(name), path: at.path || name, depth: at.depth + 1 })
    }
  }
  return { members, problem }
}

function problemOf(name: string, known: Known | undefined, path: string): string | undefined {
  if (known?.has(name)) return undefined
  const where = path === '' ? name : `${path}.${name}`
  if (name.length > maxNameChars) return `${where.slice(0, 100)}… is a name of more than ${maxNameChars} characters`
  if (known?.has(name.toLowerCase())) return `${where}: differs from ${name.toLowerCase()} by case only`
  if (known && /^_col\d+$/i.test(name)) return `${where}: is how Hive numbers its columns`
  return undefined
}
