import { createHash } from 'node:crypto'
import { gpcStatement } from './gpc.ts'
import { privacyPage } from './page.ts'
import { style } from './page-style.ts'
import { privacyStatement, type StatementOptions } from './statement.ts'

export interface PrivacyOptions {
  /** Where the page is served; `.json` and `.js` come behind it. */
  path: string
  /** The visitor's controls, a script. */
  controls: Uint8Array
  /** How long events are kept, in the operator's words. */
  retention: string
  /** Whom to ask: an address of mail, an URL, or words. @default none */
  contact?: string | undefined
}

/** What lies at a path for everybody. */
export interface PublicDocument {
  path: string
  respond(): Response | Promise<Response>
}

export const gpcPath = '/.well-known/gpc.json'

/** Every path that the page about privacy takes. */
export function privacyPaths(path: string): { page: string; json: string; controls: string } {
  return { page: path, json: `${path}.json`, controls: `${path}.js` }
}

/**
 * The page, the same as JSON, its controls and the word about Global Privacy Control. Any page may read them; the page
 * itself can neither be framed nor send anything.
 */
export function privacyDocuments(
  { path, controls, retention, contact }: PrivacyOptions,
  { scriptPath, ...stored }: Omit<StatementOptions, 'retention' | 'contact'> & { scriptPath: string },
): PublicDocument[] {
  const statement = privacyStatement({ ...stored, retention, contact })
  const paths = privacyPaths(path)
  const { gpc } = stored
  const page = privacyPage(statement, {
    gpc,
    paths: { json: paths.json, controls: paths.controls, script: scriptPath },
  })
  return [
    document(paths.page, 'text/html', page, { 'Content-Security-Policy': policy, 'Referrer-Policy': 'no-referrer' }),
    document(paths.json, 'application/json', `${JSON.stringify(statement, undefined, 2)}\n`),
    document(paths.controls, 'text/javascript', controls),
    document(gpcPath, 'application/json', `${JSON.stringify(gpcStatement(gpc))}\n`),
  ]
}

const styleHash = createHash('sha256').update(String(style)).digest('base64')

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src 'sha256-${styleHash}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

function document(
  path: string,
  type: string,
  body: string | Uint8Array | Promise<string>,
  more: Readonly<Record<string, string>> = {},
): PublicDocument {
  const headers = {
    'Content-Type': type === 'application/json' ? type : `${type}; charset=utf-8`,
    'Cache-Control': 'no-cache',
    'Access-Control-Allow-Origin': '*',
    'Cross-Origin-Resource-Policy': 'cross-origin',
    'X-Content-Type-Options': 'nosniff',
    ...more,
  }
  return { path, respond: async () => new Response(await body, { headers }) }
}
