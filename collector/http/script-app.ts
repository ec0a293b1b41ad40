import { Hono, type HonoRequest } from 'hono'
import type { PublicDocument } from '../privacy/documents.ts'
import { type Refusal, type Refused, responseOf } from './answer.ts'
import { createScript, markedPath } from './script.ts'

export interface ScriptAppOptions {
  script: Uint8Array
  debugScript: Uint8Array | undefined
  scriptPath: string
  eventsPath: string
  /** Served beside the scripts. */
  documents: readonly PublicDocument[]
  /** Told of each request that is refused. */
  answered(outcome: Refusal): void
}

export interface ScriptApp {
  app: Hono
  /** The path of the script that changes with its content. */
  immutable: string
}

/** Serves the scripts, each under its path and under the one that changes with its content, the documents, and a 404 for all else. */
export function createScriptApp(options: ScriptAppOptions): ScriptApp {
  const { script, debugScript, scriptPath, eventsPath, documents, answered } = options
  const app = new Hono()
  const immutable = addScript(script, scriptPath)
  if (debugScript) addScript(debugScript, markedPath(scriptPath, 'debug'))
  for (const { path, respond } of documents) addPath(path, respond)
  app.notFound(({ req }) => {
    const message = `nothing is at ${req.path}: events go to POST ${eventsPath}, the script is ${scriptPath}`
    return refuse({ outcome: 'not_found', message })
  })
  return { app, immutable }

  function addScript(source: Uint8Array, path: string): string {
    const served = createScript(source, path)
    for (const [at, hashed] of [[path, false] as const, [served.hashedPath, true] as const]) {
      addPath(at, req => {
        const acceptEncoding = req.header('Accept-Encoding')
        return served.respond({ hashed, acceptEncoding, ifNoneMatch: req.header('If-None-Match') })
      })
    }
    return served.hashedPath
  }

  function addPath(path: string, respond: (request: HonoRequest) => Response | Promise<Response>): void {
    app.all(path, ({ req }) => {
      if (req.method === 'GET' || req.method === 'HEAD') return respond(req)
      const message = `${req.method} is not for ${req.path}: use GET`
      return refuse({ outcome: 'method_not_allowed', message, allow: 'GET, HEAD' })
    })
  }

  function refuse(answer: Refused): Response {
    answered(answer.outcome)
    return responseOf(answer)
  }
}
