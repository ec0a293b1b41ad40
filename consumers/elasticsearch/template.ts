/**
 * What `clicktrail elasticsearch setup` installs: the fields of topic/record.ts in ECS types. Nothing is mapped by itself:
 * a field that isn't here is kept in `_source` and can't be searched. docs/fields.md lists them.
 */

/** Goes up with every change below. */
export const templateVersion = 2

const keyword = { type: 'keyword', ignore_above: 1_024 }
const url = { type: 'keyword', ignore_above: 2_048 }
const withText = { ...keyword, fields: { text: { type: 'text', norms: false } } }

/** Says whose it is, and of which version. */
const meta = { managed_by: 'clicktrail', version: templateVersion }

export const mappings = {
  _meta: meta,
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

/** What `setupElasticsearch` installs for an index. */
export function templateNames(index: string) {
  return {
    policy: index,
    mappings: `${index}-mappings`,
    settings: `${index}-settings`,
    /** The operator's own component template: never written by us, and stronger than ours. */
    custom: `${index}@custom`,
    index,
  }
}

/** Fields and their types. */
export function mappingsTemplate() {
  return { version: templateVersion, template: { mappings }, _meta: meta }
}

/**
 * One shard: a day of a website is far below what one holds. Refreshed each second, searched or not, since an index that
 * nobody asked for 30 s would else show new events only at the second look. `policy`: the lifecycle policy, where the server has them.
 */
export function settingsTemplate(policy: string | undefined) {
  const settings = {
    number_of_shards: 1,
    auto_expand_replicas: '0-1',
    refresh_interval: '1s',
    ...(policy ? { 'index.lifecycle.name': policy } : {}),
  }
  return { version: templateVersion, template: { settings }, _meta: meta }
}

/** Puts the component templates together for `<index>-*`, the operator's last. */
export function indexTemplate(index: string) {
  const names = templateNames(index)
  return {
    version: templateVersion,
    index_patterns: [`${index}-*`],
    priority: 200,
    composed_of: [names.mappings, names.settings, names.custom],
    ignore_missing_component_templates: [names.custom],
    _meta: meta,
  }
}

/** When an index is made read-only and merged, days. It takes events up to 8 days late, and dead letters later still. */
const readOnlyAfterDays = 30

/** Nothing is deleted unless `deleteAfterDays` says so: days since the index was made. An index that goes early is never made read-only. */
export function lifecyclePolicy(deleteAfterDays: number | undefined) {
  const remove = deleteAfterDays !== undefined && {
    delete: { min_age: `${deleteAfterDays}d`, actions: { delete: {} } },
  }
  const rest = { min_age: `${readOnlyAfterDays}d`, actions: { readonly: {}, forcemerge: { max_num_segments: 1 } } }
  const warm = (deleteAfterDays ?? Number.POSITIVE_INFINITY) > readOnlyAfterDays && { warm: rest }
  return { policy: { _meta: meta, phases: { hot: { actions: {} }, ...warm, ...remove } } }
}
