/** Whether pages of this origin may send events. `*` and absence need no list. */
export type OriginTest = (origin: string) => boolean

/** How long a browser remembers a preflight, seconds: the longest that Chromium honours is two hours. */
const preflightSeconds = 7_200

/**
 * Reads an allow-list: `*`, exact origins (`https://shop.example`, `null`), and every subdomain (`*.example.com` over
 * http and https on any port, `https://*.example.com` over https only). Throws an Error that names the entry it can't read.
 */
export function originTest(origins: readonly string[]): OriginTest {
  const tests = origins.map(entryTest)
  return origin => tests.some(test => test(origin))
}

function entryTest(entry: string): OriginTest {
  if (entry === '*') return () => true
  if (entry === 'null') return origin => origin === 'null'
  const wildcard = /^(https?:\/\/)?\*(\.[a-z0-9-]+(?:\.[a-z0-9-]+)*)$/i.exec(entry)
  if (wildcard !== null) return subdomainTest(wildcard[1], wildcard[2] ?? '')
  const exact = /^https?:\/\/[^/*]+\/?$/i.test(entry) && URL.canParse(entry) ? new URL(entry).origin : undefined
  if (exact === undefined) {
    throw new Error(`the origin ${JSON.stringify(entry)} can't be read: write https://host, *.domain, null or *`)
  }
  return origin => origin === exact
}

function subdomainTest(scheme: string | undefined, suffix: string): OriginTest {
  const lowerSuffix = suffix.toLowerCase()
  return origin => {
    if (!/^https?:\/\//.test(origin) || !URL.canParse(origin)) return false
    const { protocol, hostname, origin: itself } = new URL(origin)
    // With a path or a user it is no origin, whoever sent it.
    if (itself !== origin) return false
    const schemeFits = scheme === undefined || scheme.toLowerCase() === `${protocol}//`
    return schemeFits && hostname.length > lowerSuffix.length && hostname.endsWith(lowerSuffix)
  }
}

export interface Cors {
  allowed: boolean
  headers: Readonly<Record<string, string>>
}

export interface CorsPolicy {
  /** What any answer to this origin carries. Not allowed: a present origin that is not on the list. */
  of(origin: string | undefined): Cors
  /** What a preflight's 204 carries besides. */
  preflight: Readonly<Record<string, string>>
}

/**
 * The policy of an allow-list, without credentials: `*` by default, else the origin is echoed and the answer varies by it.
 * CORS itself does not stop a text/plain POST, so a caller must refuse what is not `allowed`.
 */
export function corsPolicy(origins: readonly string[] = ['*']): CorsPolicy {
  const test = originTest(origins)
  const exposed = { 'Access-Control-Expose-Headers': 'Retry-After' }
  const anyone: Cors = { allowed: true, headers: { 'Access-Control-Allow-Origin': '*', ...exposed } }
  const unlisted: Cors = { allowed: false, headers: { Vary: 'Origin' } }
  const absent: Cors = { allowed: true, headers: { Vary: 'Origin' } }
  return {
    of(origin) {
      if (origins.includes('*')) return anyone
      if (origin === undefined) return absent
      if (!test(origin)) return unlisted
      return { allowed: true, headers: { 'Access-Control-Allow-Origin': origin, Vary: 'Origin', ...exposed } }
    },
    preflight: {
      'Access-Control-Allow-Methods': 'POST',
      'Access-Control-Allow-Headers': 'Content-Type',
      'Access-Control-Max-Age': String(preflightSeconds),
    },
  }
}
