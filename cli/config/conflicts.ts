import { markedPath } from '../../collector/http/script.ts'
import { gpcPath, privacyPaths } from '../../collector/privacy/documents.ts'

/** What settings together can get wrong. */
export interface Together {
  /** Whether the example site and the dashboard are served beside the collector. */
  site: boolean
  port: number
  adminPort: number
  eventsPath: string
  scriptPath: string
  /** The path of its page, or `off`. */
  privacy: { path: string }
}

/** What `start` serves itself on the public port. */
const sitePaths = /^\/(shop|site|dashboard)(\/|$)/

/** A sentence for each pair of settings of the collector that exclude each other. */
export function conflicts({ site, port, adminPort, eventsPath, scriptPath, privacy }: Together): string[] {
  const problems: string[] = []
  if (port === adminPort && port !== 0) {
    problems.push(`CLICKTRAIL_PORT and CLICKTRAIL_ADMIN_PORT are both ${port}: set one of them to another port`)
  }
  if (eventsPath === scriptPath || eventsPath === markedPath(scriptPath, 'debug')) {
    problems.push(`CLICKTRAIL_EVENTS_PATH is ${eventsPath}, where the script of CLICKTRAIL_SCRIPT_PATH is: change one`)
  }
  const taken = privacy.path === 'off' ? [] : [...Object.values(privacyPaths(privacy.path)), gpcPath]
  for (const [name, path] of [
    ['CLICKTRAIL_EVENTS_PATH', eventsPath],
    ['CLICKTRAIL_SCRIPT_PATH', scriptPath],
    ['CLICKTRAIL_SCRIPT_PATH', markedPath(scriptPath, 'debug')],
  ] as const) {
    if (taken.includes(path)) {
      problems.push(`${name} takes ${path}, where the page of CLICKTRAIL_PRIVACY_PATH has something: change one`)
    }
  }
  if (!site) return problems
  for (const [name, path] of [
    ['CLICKTRAIL_EVENTS_PATH', eventsPath],
    ['CLICKTRAIL_SCRIPT_PATH', scriptPath],
    ['CLICKTRAIL_PRIVACY_PATH', privacy.path],
  ]) {
    if (path !== undefined && sitePaths.test(path)) {
      problems.push(`${name} is ${path}, which is a page of the example site in start: set another`)
    }
  }
  return problems
}
