import type { Client } from '@elastic/elasticsearch'
import { z } from 'zod'

const meta = z.looseObject({ managed_by: z.string().optional(), version: z.number().optional() }).optional()
const template = z.looseObject({ version: z.number().optional(), _meta: meta })
const indexTemplates = z.object({ index_templates: z.array(z.object({ index_template: template })).optional() })
const components = z.object({ component_templates: z.array(z.object({ component_template: template })).optional() })
const policies = z.record(
  z.string(),
  z.looseObject({
    policy: z
      .looseObject({
        _meta: meta,
        phases: z.looseObject({ delete: z.looseObject({ min_age: z.string().optional() }).optional() }),
      })
      .optional(),
  }),
)
const simulated = z.object({ template: z.looseObject({ mappings: z.looseObject({ _meta: meta }).optional() }) })
const mappingsOf = z.record(z.string(), z.looseObject({ mappings: z.looseObject({ _meta: meta }).optional() }))

/** A template or a policy that the server has. */
export interface Installed {
  /** 0 where it says none. */
  version: number
  ours: boolean
}

const installed = (version: number | undefined, of: z.infer<typeof meta>): Installed => ({
  version: version ?? 0,
  ours: of?.managed_by === 'clicktrail',
})

const get = (client: Client, path: string, querystring = {}) =>
  client.transport.request({ method: 'GET', path, querystring }, { ignore: [404] })

/** The index template of that name. Rejects with the client's errors, as do all of these. */
export async function installedIndexTemplate(client: Client, name: string): Promise<Installed | undefined> {
  const found = indexTemplates.parse(await get(client, `/_index_template/${name}`)).index_templates?.[0]?.index_template
  return found && installed(found.version, found._meta)
}

export async function installedComponent(client: Client, name: string): Promise<Installed | undefined> {
  const answer = components.parse(await get(client, `/_component_template/${name}`))
  const found = answer.component_templates?.[0]?.component_template
  return found && installed(found.version, found._meta)
}

/** The lifecycle policy, with the days after which it deletes an index. */
export async function installedPolicy(
  client: Client,
  name: string,
): Promise<(Installed & { deleteAfterDays: number | undefined }) | undefined> {
  const answer = policies.safeParse(await get(client, `/_ilm/policy/${name}`))
  const policy = answer.data?.[name]?.policy
  if (!policy) return undefined
  const days = /^(\d+)d$/.exec(policy.phases.delete?.min_age ?? '')?.[1]
  return { ...installed(policy._meta?.version, policy._meta), deleteAfterDays: days ? Number(days) : undefined }
}

/** Version of our mapping that an index of that name would get if it were made now, 0 for none of ours. */
export async function versionFor(client: Client, name: string): Promise<number> {
  const answer = await client.transport.request({ method: 'POST', path: `/_index_template/_simulate_index/${name}` })
  return simulated.parse(answer).template.mappings?._meta?.version ?? 0
}

/** Version of our mapping by name of the index, for the indices that begin with `<index>-` and have one. */
export async function indexVersions(client: Client, index: string): Promise<Map<string, number>> {
  const answer = await get(client, `/${index}-*/_mapping`, { filter_path: '*.mappings._meta' })
  const versions = Object.entries(mappingsOf.parse(answer)).map(([name, { mappings }]): [string, number] => [
    name,
    mappings?._meta?.version ?? 0,
  ])
  return new Map(versions)
}
