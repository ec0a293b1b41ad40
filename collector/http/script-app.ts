import { Hono } from 'hono'
import { type Refusal, type Refused, responseOf } from './answer.ts'
import { createScript, markedPath } from './script.ts'

export interface ScriptAppOptions {
  script: Uint8Array
  debugScript: Uint8Array | undefined
  scriptPath: string
  eventsPath: string
  /** Told of each request that is refused. */
  answered(outcome: Refusal): void
}

export interface ScriptApp {
  app: Hono
  /** The path of the script that changes with its content. */
  immutable: string
}

/** Serves the scripts, each under its path and under the one that changes with its content, and a 404 for all else. */
export function createScriptApp(options: ScriptAppOptions): ScriptApp {
  const { script, debugScript, scriptPath, eventsPath, answered } = options
  const app = new Hono()
  const immutable = addScript(script, scriptPath)
  if (debugScript) addScript(debugScript, markedPath(scriptPath, 'debug'))
  app.notFound(({ req }) => {
    const message = `nothing is at ${req.path}: events go to POST ${eventsPath}, the script is ${scriptPath}`
    return refuse({ outcome: 'not_found', message })
  })
  return { app, immutable }

  function addScript(source: Uint8Array, path: string): string {
    const served = createScript(source, path)
    for (const [at, hashed] of [[path, false] as const, [served.hashedPath, true] as const]) {
      app.all(at, ({ req }) => {
        if (req.method !== 'GET' && req.method !== 'HEAD') {
          const message = `${req.method} is not for ${req.path}: use GET`
          return refuse({ outcome: 'method_not_allowed', message, allow: 'GET, HEAD' })
        }
        const acceptEncoding = req.header('Accept-Encoding')
        return served.respond({ hashed, acceptEncoding, ifNoneMatch: req.header('If-None-Match') })
      })
    }
    return served.hashedPath
  }

  function refuse(answer: Refused): Response {
    answered(answer.outcome)
    return responseOf(answer)
  }
}
