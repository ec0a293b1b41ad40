import { gunzipSync } from 'node:zlib'
import type { z } from 'zod'
import type { SentRequest } from './peer.ts'

/** The body as text, gunzipped where it begins as gzip does. */
export function textOf({ body }: SentRequest): string {
  return (body[0] === 0x1f && body[1] === 0x8b ? gunzipSync(body) : body).toString('utf8')
}

/** The body as `schema` describes it, from JSON; undefined for any other body. */
export function jsonOf<S extends z.ZodType>(request: SentRequest, schema: S): z.output<S> | undefined {
  return parseJson(textOf(request), schema)
}

/** `text` as `schema` describes it; undefined when it is no such JSON. */
export function parseJson<S extends z.ZodType>(text: string, schema: S): z.output<S> | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data
  } catch {
    // No JSON: a request that carries no events.
    return undefined
  }
}
