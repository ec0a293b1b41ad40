import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { ndjson } from './objects.ts'
import { askKibana, type KibanaAccess, type KibanaAnswer } from './request.ts'
import { oldestKibana, type SavedObject } from './saved-object.ts'

export interface ImportOptions {
  /** How long to wait for a Kibana that is starting, milliseconds. @default 120000 */
  startTimeoutMs?: number
  /** Between two looks at it. @default 2000 */
  pollMs?: number
  /** Told what happens, a sentence each. */
  onProgress?: (line: string) => void
}

/** What became of one object. */
export interface ImportedObject {
  type: string
  id: string
  /** An object of this id was there before. */
  replaced: boolean
}

export class KibanaError extends Error {
  override readonly name = 'KibanaError'
}

const status = z.object({ version: z.object({ number: z.string() }).optional() })
const failed = z.object({ message: z.string() })
const object = z.object({ type: z.string(), id: z.string() })
const result = z.object({
  success: z.boolean(),
  successResults: z.array(object.extend({ overwrite: z.boolean().optional() })).default([]),
  errors: z
    .array(object.extend({ error: z.looseObject({ type: z.string(), reason: z.string().optional() }) }))
    .default([]),
})

/**
 * Has Kibana import the objects over what is there under their ids, once it has started. The same again changes nothing.
 * Throws a {@link KibanaError} that says what to do when it can't be reached, is too old, or refuses any of them.
 */
export async function importObjects(
  objects: readonly SavedObject[],
  access: KibanaAccess,
  options: ImportOptions = {},
): Promise<ImportedObject[]> {
  const { onProgress = () => {} } = options
  const version = await untilStarted(access, { ...options, onProgress })
  onProgress(`Kibana ${version} answers at ${access.url}`)
  onProgress(`sending ${objects.length} objects to ${access.space ? `the space ${access.space}` : 'the default space'}`)
  const form = new FormData()
  form.set('file', new Blob([ndjson(objects)], { type: 'application/ndjson' }), 'clicktrail.ndjson')
  const answer = await ask(access, '/api/saved_objects/_import?overwrite=true', form)
  if (answer.status !== 200) throw refusal(answer, access)
  const { success, errors, successResults } = parsed(result, answer, access)
  if (!success || errors.length > 0) {
    const lines = errors.map(
      ({ type, id, error }) => `${type} ${id}: ${error.reason ?? error.type.replaceAll('_', ' ')}`,
    )
    throw new KibanaError(`Kibana took ${successResults.length} of ${objects.length} objects:\n  ${lines.join('\n  ')}`)
  }
  return successResults.map(({ type, id, overwrite = false }) => ({ type, id, replaced: overwrite }))
}

/** Resolves with the version of a Kibana that is ready. */
async function untilStarted(
  access: KibanaAccess,
  { startTimeoutMs = 120_000, pollMs = 2_000, onProgress = () => {} }: ImportOptions,
): Promise<string> {
  const deadlineMs = Date.now() + startTimeoutMs
  for (let attempt = 0; ; attempt++) {
    const answer = await ask(access, '/api/status')
    if (answer.status === 200) {
      const { version } = parsed(status, answer, access)
      if (version && isOlder(version.number, oldestKibana))
        throw new KibanaError(`this is Kibana ${version.number}: the objects are for ${oldestKibana} and later`)
      return version?.number ?? '(it does not say which)'
    }
    if (answer.status !== 503) throw refusal(answer, access)
    if (Date.now() > deadlineMs)
      throw new KibanaError(`Kibana at ${access.url} is not ready: ${firstLine(answer.text)}`)
    if (attempt === 0) onProgress(`Kibana at ${access.url} is starting: waiting up to ${startTimeoutMs / 1_000} s`)
    await sleep(pollMs)
  }
}

function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [oldestMajor = 0, oldestMinor = 0] = than.split('.').map(Number)
  return major < oldestMajor || (major === oldestMajor && minor < oldestMinor)
}

async function ask(access: KibanaAccess, path: string, form?: FormData): Promise<KibanaAnswer> {
  try {
    return await askKibana(access, path, form ? { form } : {})
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new KibanaError(`${reason}\n  --kibana-url is ${access.url}: does Kibana answer there?`, { cause })
  }
}

/** What an answer that is no success means for who asked. */
function refusal(answer: KibanaAnswer, { url, space, ...access }: KibanaAccess): KibanaError {
  const { status: code, location, text } = answer
  const known = access.apiKey ?? access.username
  const advice: Record<number, string> = {
    401: known
      ? 'Kibana does not take these credentials'
      : 'Kibana asks who you are: set ELASTICSEARCH_API_KEY, or ELASTICSEARCH_USERNAME and ELASTICSEARCH_PASSWORD',
    403: `not allowed: the user needs "Saved Objects Management: All" in ${space ? `the space ${space}` : 'the default space'}`,
    404: `nothing of Kibana at ${url}${space ? `, or no space ${space}` : ''}: is a base path missing (server.basePath)?`,
    413: 'too large for Kibana: raise savedObjects.maxImportPayloadBytes',
  }
  if (code >= 300 && code < 400)
    return new KibanaError(`${url} leads on to ${location}: give that address if it is Kibana's`)
  return new KibanaError(`${advice[code] ?? 'Kibana refused'} (${code}: ${firstLine(text)})`)
}

function firstLine(text: string): string {
  const message = json(text, failed)?.message ?? text
  return message.trim().split('\n')[0]?.slice(0, 300) || 'no more was said'
}

function json<T>(text: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data
  } catch {
    // Not JSON: a page of a proxy, or Kibana's own while it starts.
    return undefined
  }
}

function parsed<T>(schema: z.ZodType<T>, { text }: KibanaAnswer, { url }: KibanaAccess): T {
  const value = json(text, schema)
  if (value === undefined) throw new KibanaError(`what answers at ${url} is not Kibana: ${firstLine(text)}`)
  return value
}
