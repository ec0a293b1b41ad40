/**
 * What `clicktrail elasticsearch setup` installs: the fields of topic/record.ts in ECS types. Nothing is mapped by itself:
 * a field that isn't here is kept in `_source` and can't be searched.
 */

/** Goes up with every change below. */
export const templateVersion = 1

const keyword = { type: 'keyword', ignore_above: 1_024 }
const url = { type: 'keyword', ignore_above: 2_048 }
const withText = { ...keyword, fields: { text: { type: 'text', norms: false } } }

export const mappings = {
  dynamic: false,
  date_detection: false,
  properties: {
    '@timestamp': { type: 'date' },
    event: {
      properties: {
        id: keyword,
        action: keyword,
        sequence: { type: 'long' },
        created: { type: 'date' },
      },
    },
    site: keyword,
    tab: { properties: { id: keyword } },
    session: { properties: { id: keyword } },
    user: { properties: { id: keyword, name: keyword } },
    url: { properties: { full: url, domain: keyword, path: url } },
    page: { properties: { title: withText, language: keyword } },
    http: { properties: { request: { properties: { referrer: url } } } },
    user_agent: {
      properties: {
        original: withText,
        name: keyword,
        version: keyword,
        os: { properties: { name: keyword, version: keyword } },
        device: { properties: { name: keyword, type: keyword } },
        bot: { type: 'boolean' },
      },
    },
    client: { properties: { ip: { type: 'ip' } } },
    properties: { type: 'flattened', ignore_above: 1_024 },
    kafka: {
      properties: {
        topic: keyword,
        partition: { type: 'integer' },
        offset: { type: 'long' },
        skipped: { type: 'long' },
        generation: { type: 'integer' },
      },
    },
  },
}

export function componentTemplate() {
  return { version: templateVersion, template: { mappings }, _meta: { managed_by: 'clicktrail' } }
}

/** `policy`: name of the lifecycle policy, where the server has them. */
export function indexTemplate(index: string, component: string, policy: string | undefined) {
  const settings = {
    number_of_shards: 1,
    auto_expand_replicas: '0-1',
    ...(policy ? { 'index.lifecycle.name': policy } : {}),
  }
  return {
    version: templateVersion,
    index_patterns: [`${index}-*`],
    priority: 200,
    composed_of: [component],
    template: { settings },
    _meta: { managed_by: 'clicktrail' },
  }
}

/**
 * Indices are daily and take events up to 8 days late: nothing makes them read-only before day 10. Nothing is deleted
 * unless `deleteAfterDays` says so.
 */
export function lifecyclePolicy(deleteAfterDays: number | undefined) {
  const remove = deleteAfterDays && {
    delete: { min_age: `${Math.max(11, deleteAfterDays)}d`, actions: { delete: {} } },
  }
  return {
    policy: {
      _meta: { managed_by: 'clicktrail', version: templateVersion },
      phases: {
        hot: { actions: {} },
        warm: { min_age: '10d', actions: { readonly: {}, forcemerge: { max_num_segments: 1 } } },
        ...remove,
      },
    },
  }
}
