import { z } from 'zod'
import { limits } from '../../sdk/event.ts'
import { originTest } from './cors.ts'

/** The origins of each site that may send events; undefined where those of `CLICKTRAIL_ORIGINS` count. */
export type Sites = ReadonlyMap<string, readonly string[] | undefined>

const origin = z.string({ error: 'must be a string such as "https://shop.example"' }).superRefine((entry, context) => {
  try {
    originTest([entry])
  } catch (error) {
    context.addIssue(error instanceof Error ? error.message : String(error))
  }
})

function object<Shape extends z.ZodRawShape>(shape: Shape, form: string) {
  return z.strictObject(shape, {
    error: issue =>
      issue.code === 'unrecognized_keys'
        ? `has ${issue.keys.map(key => JSON.stringify(key)).join(', ')}, which means nothing here: write ${form}`
        : `must be ${form}`,
  })
}

const site = object(
  { origins: z.array(origin, { error: 'must be a list: ["https://shop.example"]' }).optional() },
  '{ "origins": [...] } or {}',
)
const file = object(
  {
    sites: z.record(z.string(), z.unknown(), {
      error: 'must be an object with a member for each site: { "shop": {} }',
    }),
  },
  '{ "sites": { "shop": { "origins": ["https://shop.example"] } } }',
)

/**
 * Reads a list of sites: JSON such as `{"sites":{"shop":{"origins":["https://shop.example"]},"blog":{}}}`. Answers the
 * sites, or every problem with its place in the text and what to write instead.
 */
export function readSites(text: string): { sites: Sites } | { problems: string[] } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return { problems: [`the whole is not JSON: ${error instanceof Error ? error.message : error}`] }
  }
  const outer = file.safeParse(value)
  if (!outer.success) return { problems: outer.error.issues.map(issue => sentence([], issue)) }
  const entries = Object.entries(outer.data.sites)
  if (entries.length === 0) return { problems: ['sites is empty: name at least one site'] }
  const sites = new Map<string, readonly string[] | undefined>()
  const problems: string[] = []
  for (const [name, given] of entries) {
    if (name === '' || name.length > limits.nameChars) {
      problems.push(`${placeOf(['sites', name])} must have a name of 1 to ${limits.nameChars} characters`)
    }
    const inner = site.safeParse(given)
    if (inner.success) sites.set(name, inner.data.origins)
    else problems.push(...inner.error.issues.map(issue => sentence(['sites', name], issue)))
  }
  return problems.length > 0 ? { problems } : { sites }
}

function sentence(path: readonly PropertyKey[], issue: z.core.$ZodIssue): string {
  const place = placeOf([...path, ...issue.path])
  return `${place === '' ? 'the whole' : place} ${issue.message}`
}

/** `sites.shop.origins[0]`, `sites["my.shop"]`. */
function placeOf(path: readonly PropertyKey[]): string {
  let place = ''
  for (const part of path) {
    if (typeof part === 'string' && /^\w+$/.test(part)) place += place === '' ? part : `.${part}`
    else place += `[${JSON.stringify(part)}]`
  }
  return place
}

/** Every origin from which some site may send: what a preflight and the headers of an answer go by, before the site is known. */
export function originsOf(sites: Sites | undefined, origins: readonly string[]): readonly string[] {
  if (sites === undefined) return origins
  return [...new Set([...sites.values()].flatMap(own => own ?? origins))]
}

/**
 * Why events of a site may not be sent from an origin, or undefined where they may: the site is not listed, or the origin
 * is present and not one of the site's. Without sites every site may send from `origins`.
 */
export function siteRule(
  sites: Sites | undefined,
  origins: readonly string[],
): (site: string, origin: string | undefined) => string | undefined {
  if (sites === undefined) return () => undefined
  const tests = new Map([...sites].map(([name, own]) => [name, originTest(own ?? origins)]))
  return (name, from) => {
    const test = tests.get(name)
    if (test === undefined) return `site ${JSON.stringify(name)} is not known here: list it in CLICKTRAIL_SITES_FILE`
    if (from === undefined || test(from)) return undefined
    return `the page's Origin may not send events of site ${JSON.stringify(name)}: list it there in CLICKTRAIL_SITES_FILE`
  }
}
