import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'

export interface KibanaAccess {
  /** `http://host:5601`, with Kibana's base path if it has one. */
  url: string
  /** Name of a space. @default the default space */
  space?: string
  /** Base64 API key; goes before user name and password. */
  apiKey?: string
  username?: string
  password?: string
  /** Certificate authority, PEM. */
  ca?: string
}

export interface KibanaAnswer {
  status: number
  /** Where a redirect leads. */
  location: string | undefined
  text: string
}

function authorization({ apiKey, username, password = '' }: KibanaAccess): string | undefined {
  if (apiKey) return `ApiKey ${apiKey}`
  return username === undefined ? undefined : `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

/**
 * One request to Kibana's API, in the space; `path` begins with `/api/`. A form makes it a POST. Follows no redirect, tries once.
 * Rejects when the connection fails, and after `timeoutMs` without an answer.
 */
export async function askKibana(
  access: KibanaAccess,
  path: string,
  { form, timeoutMs = 30_000 }: { form?: FormData; timeoutMs?: number } = {},
): Promise<KibanaAnswer> {
  const { url, space, ca } = access
  const address = new URL(`${url.replace(/\/+$/, '')}${space ? `/s/${encodeURIComponent(space)}` : ''}${path}`)
  const encoded = form && new Response(form)
  const body = encoded && Buffer.from(await encoded.arrayBuffer())
  const credentials = authorization(access)
  const headers = {
    'kbn-xsrf': 'clicktrail',
    accept: 'application/json',
    ...(credentials ? { authorization: credentials } : {}),
    ...(body ? { 'content-type': encoded.headers.get('content-type') ?? '', 'content-length': body.length } : {}),
  }
  const send = address.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const options = {
      method: body ? 'POST' : 'GET',
      headers,
      signal: AbortSignal.timeout(timeoutMs),
      ...(ca ? { ca } : {}),
    }
    const request = send(address, options, response => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => {
        text += part
      })
      response.on('error', reject)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, location: response.headers.location, text }))
    })
    request.on('error', error =>
      reject(
        error.name === 'AbortError' || error.name === 'TimeoutError'
          ? new Error(`no answer within ${timeoutMs / 1000} s`)
          : error,
      ),
    )
    request.end(body)
  })
}
