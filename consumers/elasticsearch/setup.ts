import { type Client, errors } from '@elastic/elasticsearch'
import { componentTemplate, indexTemplate, lifecyclePolicy, templateVersion } from './template.ts'

export interface ElasticsearchSetupOptions {
  /** Daily indices are `<index>-YYYY.MM.DD`. @default 'clicktrail' */
  index?: string
  /** Days after which the lifecycle policy deletes an index, 11 or more. @default never */
  deleteAfterDays?: number
  /** Leave everything as it is where the index template of this version, or a later one, is there. @default false */
  onlyIfMissing?: boolean
}

export interface SetupReport {
  /** What is installed now. */
  done: string[]
  /** What this server can't do. */
  skipped: { what: string; why: string }[]
}

/**
 * Installs lifecycle policy, component template and index template of `<index>-*`; the same again changes nothing. What the
 * server doesn't have is skipped and reported. Indices that exist keep their mapping. Rejects with the client's errors,
 * for example when a right is missing.
 */
export async function setupElasticsearch(
  client: Client,
  options: ElasticsearchSetupOptions = {},
): Promise<SetupReport> {
  const { index = 'clicktrail', deleteAfterDays, onlyIfMissing = false } = options
  const component = `${index}-mappings`
  const report: SetupReport = { done: [], skipped: [] }

  if (onlyIfMissing && (await installedVersion(client, index)) >= templateVersion) return report

  const put = (path: string, body: object) => client.transport.request({ method: 'PUT', path, body })

  let policy: string | undefined
  try {
    await put(`/_ilm/policy/${index}`, lifecyclePolicy(deleteAfterDays))
    policy = index
    report.done.push(`lifecycle policy ${index}`)
  } catch (error) {
    if (!isUnknownEndpoint(error)) throw error
    const why = 'the server has no index lifecycle management: delete old indices by other means'
    report.skipped.push({ what: `lifecycle policy ${index}`, why })
  }
  await put(`/_component_template/${component}`, componentTemplate())
  report.done.push(`component template ${component}`)
  await put(`/_index_template/${index}`, indexTemplate(index, component, policy))
  report.done.push(`index template ${index} for ${index}-*`)
  return report
}

/** Version of the index template, 0 where there is none. */
async function installedVersion(client: Client, name: string): Promise<number> {
  const answer = await client.indices.getIndexTemplate({ name }, { ignore: [404] })
  return answer.index_templates?.[0]?.index_template.version ?? 0
}

/** Elasticsearch answers 400 "no handler found for uri", OpenSearch and proxies 404 or 405. */
function isUnknownEndpoint(error: unknown): boolean {
  return error instanceof errors.ResponseError && [400, 404, 405].includes(error.statusCode ?? 0)
    ? error.statusCode !== 400 || JSON.stringify(error.body).includes('no handler found')
    : false
}
