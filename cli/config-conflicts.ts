import { markedPath } from '../collector/http/script.ts'

/** What settings together can get wrong. */
export interface Together {
  /** Whether the example site and the dashboard are served beside the collector. */
  site: boolean
  port: number
  adminPort: number
  eventsPath: string
  scriptPath: string
}

/** What `start` serves itself on the public port. */
const sitePaths = /^\/(shop|privacy|site|dashboard)(\/|$)/

/** A sentence for each pair of settings of the collector that exclude each other. */
export function conflicts({ site, port, adminPort, eventsPath, scriptPath }: Together): string[] {
  const problems: string[] = []
  if (port === adminPort && port !== 0) {
    problems.push(`CLICKTRAIL_PORT and CLICKTRAIL_ADMIN_PORT are both ${port}: set one of them to another port`)
  }
  if (eventsPath === scriptPath || eventsPath === markedPath(scriptPath, 'debug')) {
    problems.push(`CLICKTRAIL_EVENTS_PATH is ${eventsPath}, where the script of CLICKTRAIL_SCRIPT_PATH is: change one`)
  }
  if (!site) return problems
  for (const [name, path] of [
    ['CLICKTRAIL_EVENTS_PATH', eventsPath],
    ['CLICKTRAIL_SCRIPT_PATH', scriptPath],
  ]) {
    if (path !== undefined && sitePaths.test(path)) {
      problems.push(`${name} is ${path}, which is a page of the example site in start: set another`)
    }
  }
  return problems
}
