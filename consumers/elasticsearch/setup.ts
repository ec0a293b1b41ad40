import { type Client, errors } from '@elastic/elasticsearch'
import { dailyIndex, dayOfIndex, listIndices } from './daily-index.ts'
import {
  type Installed,
  indexVersions,
  installedComponent,
  installedIndexTemplate,
  installedPolicy,
  versionFor,
} from './installed.ts'
import {
  indexTemplate,
  lifecyclePolicy,
  mappingsTemplate,
  settingsTemplate,
  templateNames,
  templateVersion,
} from './template.ts'

export interface ElasticsearchSetupOptions {
  /** Daily indices are `<index>-YYYY.MM.DD`. @default 'clicktrail' */
  index?: string
  /** Days after which the lifecycle policy deletes an index. @default what the policy has, at first never */
  deleteAfterDays?: number
  /** Leave everything as it is where the index template of this version, or a later one, is there. @default false */
  onlyIfMissing?: boolean
  /** Make the index of this time's day (milliseconds since 1970) too, so that Kibana knows the fields before the first event. @default none */
  firstDayMs?: number
}

export interface SetupReport {
  /** What is installed now, with its version. */
  done: string[]
  /** What this server can't do, or what was left as it is. */
  skipped: { what: string; why: string }[]
}

/**
 * Installs lifecycle policy, component templates and index template of `<index>-*`; the same again changes nothing. An older
 * version is replaced; where anything of a later version or of someone else's making has one of the names, nothing is
 * changed. What the server doesn't have is skipped. Indices that exist keep their mapping, and are named where it is not this one.
 * Rejects with the client's errors, for example when a right is missing.
 */
export async function setupElasticsearch(
  client: Client,
  options: ElasticsearchSetupOptions = {},
): Promise<SetupReport> {
  const { index = 'clicktrail', onlyIfMissing = false, firstDayMs } = options
  const names = templateNames(index)
  const report: SetupReport = { done: [], skipped: [] }

  const there = await installedIndexTemplate(client, names.index)
  if (onlyIfMissing && (there?.version ?? 0) >= templateVersion) return report
  const found = new Map<string, Installed | undefined>([
    [`index template ${names.index}`, there],
    [`component template ${names.mappings}`, await installedComponent(client, names.mappings)],
    [`component template ${names.settings}`, await installedComponent(client, names.settings)],
  ])
  for (const [what, one] of found) if (one && hindrance(one)) report.skipped.push({ what, why: hindrance(one) })
  if (report.skipped.length > 0) return report

  const put = (path: string, body: object) => client.transport.request({ method: 'PUT', path, body })
  const install = async (what: string, path: string, body: object) => {
    await put(path, body)
    report.done.push(`${what}: ${versions(found.get(what))}`)
  }
  const policy = (await installPolicy(client, put, options, report)) ? names.policy : undefined
  await install(`component template ${names.mappings}`, `/_component_template/${names.mappings}`, mappingsTemplate())
  await install(
    `component template ${names.settings}`,
    `/_component_template/${names.settings}`,
    settingsTemplate(policy),
  )
  await install(`index template ${names.index}`, `/_index_template/${names.index}`, indexTemplate(index))
  if (firstDayMs !== undefined) await makeIndex(client, dailyIndex(index, firstDayMs), report)
  await lookForOthers(client, index, report)
  return report
}

/** Why an installed template is not to be replaced; empty: it may be. */
function hindrance({ ours, version }: Installed): string {
  if (!ours)
    return 'there is one that Clicktrail has not made: delete or rename it, or choose another ELASTICSEARCH_INDEX'
  return version > templateVersion
    ? `version ${version} is installed, this Clicktrail has version ${templateVersion}: nothing was changed`
    : ''
}

function versions(before: Installed | undefined): string {
  if (!before) return `version ${templateVersion}, new`
  return `version ${templateVersion}, ${before.version === templateVersion ? 'as it was' : `was ${before.version}`}`
}

/** False where the server has no lifecycle policies. One that is up to date is not written: the operator may have changed it. */
async function installPolicy(
  client: Client,
  put: (path: string, body: object) => Promise<unknown>,
  { index = 'clicktrail', deleteAfterDays }: ElasticsearchSetupOptions,
  report: SetupReport,
): Promise<boolean> {
  const name = templateNames(index).policy
  const what = `lifecycle policy ${name}`
  try {
    const before = await installedPolicy(client, name)
    const days = deleteAfterDays ?? before?.deleteAfterDays
    if (before && (!before.ours || before.version > templateVersion)) {
      report.skipped.push({ what, why: before.ours ? hindrance(before) : 'not made by Clicktrail: used as it is' })
    } else {
      const upToDate = before?.version === templateVersion && before.deleteAfterDays === days
      if (!upToDate) await put(`/_ilm/policy/${name}`, lifecyclePolicy(days))
      report.done.push(
        `${what}: ${versions(before)}, ${days === undefined ? 'deletes nothing' : `deletes after ${days} days`}`,
      )
    }
    return true
  } catch (error) {
    if (!isUnknownEndpoint(error)) throw error
    const why =
      'the server has no index lifecycle management: old indices stay until "clicktrail elasticsearch retain" drops them'
    report.skipped.push({ what, why })
    return false
  }
}

async function makeIndex(client: Client, name: string, report: SetupReport): Promise<void> {
  const answer = await client.indices.exists({ index: name })
  if (!answer) await client.indices.create({ index: name }).catch(unlessThere)
  report.done.push(`index ${name}: ${answer ? 'as it was' : 'new'}`)
}

/** A writer may have made it in between. */
function unlessThere(error: unknown): void {
  if (!JSON.stringify(error instanceof errors.ResponseError && error.body).includes('resource_already_exists'))
    throw error
}

/** What keeps an index from having the types of these templates: another template, or its age. */
async function lookForOthers(client: Client, index: string, report: SetupReport): Promise<void> {
  if ((await versionFor(client, dailyIndex(index, 0))) !== templateVersion) {
    const why = 'another index template of a higher priority has this pattern: new indices will get its types'
    report.skipped.push({ what: `${index}-*`, why })
  }
  const made = await indexVersions(client, index)
  const others = (await listIndices(client, index))
    .map(one => one.name)
    .filter(name => dayOfIndex(index, name) !== undefined && made.get(name) !== templateVersion)
  if (others.length === 0) return
  const [first, last] = [others[0], others.at(-1)]
  const what = others.length === 1 ? `index ${first}` : `${others.length} indices from ${first} to ${last}`
  report.skipped.push({ what, why: 'made with other templates: an index keeps the types it was made with' })
}

/** Elasticsearch answers 400 "no handler found for uri", proxies 404 or 405. */
function isUnknownEndpoint(error: unknown): boolean {
  return error instanceof errors.ResponseError && [400, 404, 405].includes(error.statusCode ?? 0)
    ? error.statusCode !== 400 || JSON.stringify(error.body).includes('no handler found')
    : false
}
